// Child processes: started in a group of their own, ended as a group, never left behind.
import { spawn } from 'node:child_process';
import { basename, delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const bin = join(root, 'node_modules/.bin');
const leash = join(root, 'scripts/lib/leash.mjs');
const children = new Set();
let ending = false;

/** What every tool gets: the project's own Node first on the PATH, no questions, no outside network. */
export function toolEnv(extra = {}) {
  const { NODE_ENV: _, ...own } = process.env;
  return {
    ...own,
    PATH: bin + delimiter + process.env.PATH,
    CI: 'true',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_WRITE_LOGS: 'false',
    X_LOCAL_EXPLORER: 'false',
    X_LOCAL_OBSERVABILITY: 'false',
    ...extra,
  };
}

/** Starts a command; `child.ended` resolves with its exit code. `output`: 'inherit' or a file descriptor. */
export function start(command, args, { env = toolEnv(), output = 'inherit', cwd = root } = {}) {
  const child = spawn('node', [leash, command, ...args], {
    cwd,
    env,
    detached: true,
    stdio: ['pipe', output, output],
  });
  child.stdin.on('error', () => {});
  children.add(child);
  child.ended = new Promise((done) => {
    child.on('error', () => done(127));
    child.on('exit', (code) => done(code ?? 1));
  }).finally(() => {
    signalGroup(child, 'SIGKILL'); // whatever of its children outlived it
    children.delete(child);
  });
  return child;
}

/** Runs a command to its end. Resolves with the exit code, unless everything is being ended. */
export async function run(command, args, options) {
  const code = await start(command, args, options).ended;
  return ending ? new Promise(() => {}) : code;
}

/**
 * Waits for slow work and says every 15 seconds that it goes on, so that silence never lasts for minutes.
 * @param what the line that was printed when it began, as in "Building"
 */
export async function saying(what, work) {
  const began = performance.now();
  const seconds = () => Math.round((performance.now() - began) / 1000);
  const timer = setInterval(() => console.log(`  ${what}: still going after ${seconds()} s …`), 15_000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** Ends every child: asked first, after five seconds made to. */
async function stopAll() {
  await Promise.all(
    [...children].map(async (child) => {
      signalGroup(child, 'SIGTERM');
      const late = new AbortController();
      await Promise.race([child.ended, sleep(5000, null, { signal: late.signal }).catch(() => {})]);
      late.abort();
      signalGroup(child, 'SIGKILL');
      await child.ended;
    }),
  );
}

function signalGroup(child, signal) {
  try {
    if (child.pid) process.kill(-child.pid, signal);
  } catch {
    // The group has ended.
  }
}

/** Ends the children, then this process; a second call waits for the first. */
export async function finish(code) {
  if (ending) return new Promise(() => {});
  ending = true;
  await stopAll();
  process.exit(code);
}

/** SIGINT and SIGTERM end everything. They may come twice: from the terminal and forwarded by npm. */
export function finishOnSignal(code = 0) {
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void finish(code));
  // npm (or Playwright) killed outright forwards nothing: notice that nobody waits for us any more.
  if (
    process.env.npm_lifecycle_script?.includes(basename(process.argv[1])) ||
    process.env.FOYER_WATCH_PARENT
  ) {
    const starter = process.ppid;
    setInterval(() => process.ppid !== starter && void finish(1), 1000).unref();
  }
}

/** Ends with a sentence for people. */
export async function fail(message) {
  if (!ending) console.error(`\n${message}`);
  return finish(1);
}
