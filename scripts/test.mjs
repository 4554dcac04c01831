// `npm test`: everything a change must pass: lint, types, build, unit tests in workerd, a deployment's dry run, browser tests.
// Independent steps run in parallel, and a failed one does not hide the next. Ends with `N passed, N failed`, where a step
// without tests counts as one.
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { HEADLESS_SHELL, systemChromium } from './lib/chromium.mjs';
import { build, ensurePackages } from './lib/project.mjs';
import { finish, finishOnSignal, run, toolEnv } from './lib/run.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'foyer-test-'));
/** What each running step has written so far. */
const running = new Map();
process.on('exit', () => {
  for (const log of running.values()) process.stdout.write(readFileSync(log));
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
});
finishOnSignal(130);

const passed = { steps: 0, tests: 0 };
const failures = [];
/** Of the failed tests, with the first words of why. */
const names = [];
let skipped = 0;
let failed = 0;

// Nothing of the caller's site may leak in.
const {
  PORT: _,
  FOYER_STATE: __,
  FOYER_SEED: ___,
  FOYER_E2E_ORIGIN: ____,
  FOYER_E2E_SITES: _____,
  ...own
} = toolEnv();
const env = { ...own, TMPDIR: scratch, WRANGLER_REGISTRY_PATH: join(scratch, 'registry') };

await ensurePackages();

const browser = ensureBrowser();
// Linters read the configuration that SvelteKit generates.
await run('svelte-kit', ['sync'], { env });
const lint = step('Lint', (output) => run('npm', ['run', '--silent', 'lint'], { env, output }));
const built = await step('Build', (output) => build({ always: true, output }));
// After the build: both write SvelteKit's types.
const types = step('Types', (output) => run('npm', ['run', '--silent', 'check'], { env, output }));
const unit = tests('Unit tests in workerd', async (report, output) => {
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await run('vitest', args, { env, output });
  const {
    numPassedTests,
    numFailedTests,
    numPendingTests,
    numTodoTests,
    testResults = [],
  } = readReport(report);
  return {
    code,
    passed: numPassedTests,
    failed: numFailedTests,
    skipped: numPendingTests + numTodoTests,
    names: testResults.flatMap(({ name: file, assertionResults }) =>
      assertionResults
        .filter(({ status }) => status === 'failed')
        .map(({ fullName, failureMessages: [why = ''] }) => nameOf(file, fullName, why)),
    ),
  };
});
const deployment = step('Deployment, dry run', (output) =>
  run('wrangler', ['deploy', '--dry-run', '--outdir', join(scratch, 'deploy')], { env, output }),
);
await Promise.all([lint, types, unit, deployment]);

// Alone: its tests have a time limit.
await step('Mutants, a few', (output) =>
  run('npm', ['run', '--silent', 'mutate', '--', '--sample', '5', '--seconds', '15'], { env, output }),
);

// Alone: two browsers and two sites are busy enough.
await tests('Browser tests', async (report, output) => {
  if (!built) return { code: 1, why: 'there is no build' };
  if (!(await browser)) return { code: 1, why: 'Chromium could not be installed' };
  const more = { PLAYWRIGHT_JSON_OUTPUT_FILE: report, FOYER_WATCH_PARENT: '1' };
  const code = await run('playwright', ['test', '--reporter=list,json'], {
    env: { ...env, ...more },
    output,
  });
  const { stats = {}, suites = [] } = readReport(report);
  const specs = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specs)];
  return {
    code,
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky,
    skipped: stats.skipped,
    names: suites
      .flatMap(specs)
      .filter(({ ok }) => !ok)
      .map(({ file, title, tests: [{ results }] }) =>
        nameOf(file, title, results.findLast(({ error }) => error)?.error.message ?? ''),
      ),
  };
});

console.log(`\n${'-'.repeat(60)}`);
for (const line of failures) console.log(`FAILED  ${line}`);
// Again at the very end, which is all that some logs keep.
for (const name of names) console.log(name);
if (skipped) console.log(`${skipped} skipped`);
console.log(`${passed.steps + passed.tests} passed, ${failed} failed`);
await finish(failed || !passed.tests ? 1 : 0);

async function step(name, work) {
  const { output, ended } = begin(name);
  const ok = (await work(output)) === 0;
  if (ok) passed.steps++;
  else fail(name, 1);
  ended(ok);
  return ok;
}

async function tests(name, work) {
  const { output, ended } = begin(name);
  const report = join(scratch, `${name.replaceAll(' ', '-')}.json`);
  const result = { passed: 0, failed: 0, skipped: 0, ...defined(await work(report, output)) };
  passed.tests += result.passed;
  skipped += result.skipped;
  names.push(...(result.names ?? []));
  if (result.failed) fail(`${name}: ${result.failed} failed`, result.failed);
  // A file that does not load, or an error outside tests, leaves no failed test.
  else if (result.code) fail(`${name}: ${result.why ?? `ended with code ${result.code}`}`, 1);
  else if (!result.passed) fail(`${name}: no test ran`, 1);
  ended(!result.failed && !result.code && result.passed > 0);
}

function nameOf(file, title, why) {
  const reason = stripVTControlCharacters(why).split('\n', 1)[0].slice(0, 200);
  return `  ${relative(process.cwd(), resolve('tests/e2e', file))} › ${title}: ${reason}`;
}

function fail(line, count) {
  failures.push(line);
  failed += count;
}

/** Into a file, printed at the end. Meanwhile a line now and then says that it goes on. */
function begin(name) {
  const log = join(scratch, `${name.replaceAll(' ', '-')}.log`);
  const output = openSync(log, 'w');
  const began = performance.now();
  const seconds = () => ((performance.now() - began) / 1000).toFixed(1);
  running.set(name, log);
  const timer = setInterval(() => console.log(`  ${name}: still going after ${seconds()} s …`), 30_000);
  const ended = (ok) => {
    clearInterval(timer);
    closeSync(output);
    running.delete(name);
    console.log(`\n=== ${name} ${'='.repeat(Math.max(0, 55 - name.length))}\n`);
    process.stdout.write(readFileSync(log));
    console.log(`\n${name}: ${ok ? 'passed' : 'FAILED'} in ${seconds()} s`);
  };
  return { output, ended };
}

function readReport(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
}

function defined(result) {
  return Object.fromEntries(Object.entries(result).filter(([, value]) => value || value === 0));
}

/** Chromium: the system's (a Debian package, if that can be installed), or Playwright's download. */
async function ensureBrowser() {
  if (existsSync(HEADLESS_SHELL)) return true;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('Installing Chromium (apt-get) …');
    const debian = { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' } };
    const script =
      'apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium-headless-shell > /dev/null';
    await run('sh', ['-c', script], debian);
  }
  if (systemChromium()) return true;
  return (await run('playwright', ['install', 'chromium'], { env })) === 0;
}
