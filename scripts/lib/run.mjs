// Child processes in groups of their own, ended as groups.
import { spawn } from 'node:child_process';
import { basename, delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const bin = join(root, 'node_modules/.bin');
const leash = join(root, 'scripts/lib/leash.mjs');
const children = new Set();
let ending = false;

/** The project's Node first on the PATH, no questions, no outside network. */
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

/** `child.ended` resolves with the exit code. `output`: 'inherit' or a file descriptor. */
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

/** Resolves with the exit code, unless everything is being ended. */
export async function run(command, args, options) {
  const code = await start(command, args, options).ended;
  return ending ? new Promise(() => {}) : code;
}

/** Reports every 15 seconds that slow work goes on. @param what the line printed when it began, as in "Building" */
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

/** Forced after five seconds. */
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

/** Ends the children, then this process. A second call waits for the first. */
export async function finish(code) {
  if (ending) return new Promise(() => {});
  ending = true;
  await stopAll();
  process.exit(code);
}

/** Signals may come twice: from the terminal, and forwarded by npm. */
export function finishOnSignal(code = 0) {
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void finish(code));
  // If npm (or Playwright) is killed, it forwards nothing: notice that nobody waits for us.
  if (
    process.env.npm_lifecycle_script?.includes(basename(process.argv[1])) ||
    process.env.FOYER_WATCH_PARENT
  ) {
    const starter = process.ppid;
    setInterval(() => process.ppid !== starter && void finish(1), 1000).unref();
  }
}

export async function fail(message) {
  if (!ending) console.error(`\n${message}`);
  return finish(1);
}
