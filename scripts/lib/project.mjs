// Packages and a current build.
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fingerprint, makeFolder, read } from './files.mjs';
import { fail, root, run, saying, toolEnv } from './run.mjs';

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** With npm's own record of what it installed. */
function packagesAreCurrent() {
  try {
    const installed = readJson(join(root, 'node_modules/.package-lock.json')).packages;
    return Object.entries(readJson(join(root, 'package-lock.json')).packages).every(
      ([path, wanted]) => !path || wanted.optional || installed[path]?.version === wanted.version,
    );
  } catch {
    return false;
  }
}

/** npm's error messages without stacks and dumps. */
const reasons = (said) =>
  said
    .split('\n')
    .filter((line) => /^npm error (?!\s|[{}]|A complete log)./.test(line))
    .slice(0, 8)
    .map((line) => `  ${line.slice('npm error '.length)}`)
    .join('\n') || `  ${said.trim().split('\n').at(-1)}`;

export async function ensurePackages() {
  await locked('install', async () => {
    if (packagesAreCurrent()) return;
    console.log('Installing packages (npm ci) …');
    // npm must not run on the Node that it is about to replace.
    const PATH = process.env.PATH.split(delimiter)
      .filter((part) => !part.endsWith(join('node_modules', '.bin')))
      .join(delimiter);
    const args = ['ci', '--include=dev', '--include=optional', '--no-fund', '--no-audit', '--loglevel=error'];
    // Without a network, npm would be silent for over a minute.
    args.push('--fetch-retry-mintimeout=2000', '--fetch-retry-maxtimeout=10000');
    const log = join(root, '.wrangler/npm.log');
    const output = openSync(log, 'w', 0o600);
    const code = await saying('Installing packages', () =>
      run('npm', args, { env: toolEnv({ PATH }), output }),
    );
    closeSync(output);
    if (code)
      await fail(
        `The packages couldn’t be installed. npm says:\n\n${reasons(read(log))}\n\n` +
          'Only this first step needs a network connection. ' +
          `The full output of npm is in ${log}`,
      );
  });
  const check = 'process.exit(Number(process.versions.node.split(".")[0]) < 22 ? 1 : 0)';
  if (await run('node', ['-e', check]))
    await fail(
      'The tools need Node 22.12 or newer. It usually comes with the packages (optionalDependencies); ' +
        'this platform has no such package, so install Node 22 or newer yourself.',
    );
}

const sources = [
  'src',
  'static',
  '_headers',
  'svelte.config.js',
  'vite.config.ts',
  'vite',
  'wrangler.sveltekit.toml',
  'package-lock.json',
];
const buildStamp = join(root, '.svelte-kit/foyer-build');
const built = join(root, '.svelte-kit/cloudflare/_worker.js');

const isTest = (name) => /\.test\.ts$/.test(name);
/** Of the sources, and of the output made from them. */
const buildMark = () => `${fingerprint(sources, isTest)} ${existsSync(built) ? statSync(built).mtimeMs : ''}`;

/** Only if the sources have changed. Resolves with the exit code. */
export async function build({ always = false, output } = {}) {
  return locked('build', async () => {
    if (!always && existsSync(built) && read(buildStamp) === buildMark()) return 0;
    if (!always) console.log('Building …');
    rmSync(buildStamp, { force: true });
    const before = fingerprint(sources, isTest);
    const code = await saying('Building', () => run('vite', ['build'], { output }));
    // Sources that changed meanwhile belong to the next build.
    if (code === 0 && fingerprint(sources, isTest) === before) writeFileSync(buildStamp, buildMark());
    return code;
  });
}

/**
 * Two `npm start` must not install or build into each other. The holder touches the lock every second, so an abandoned one is
 * old.
 */
async function locked(name, work) {
  await makeFolder(join(root, '.wrangler'));
  const path = join(root, `.wrangler/${name}.lock`);
  for (let told = false; ; await sleep(200)) {
    try {
      closeSync(openSync(path, 'wx'));
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const touched = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
      if (Date.now() - touched > 10_000) rmSync(path, { force: true });
      else if (!told) console.log(`Another process holds ${path}: waiting …`);
      told = true;
    }
  }
  const touch = setInterval(() => existsSync(path) && utimesSync(path, new Date(), new Date()), 1000);
  const release = () => rmSync(path, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    release();
    process.off('exit', release);
  }
}
