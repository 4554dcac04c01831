// The local state: database, files, secrets, variables, log. Readable by its owner only.
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fingerprint, makeFolder, read } from './files.mjs';
import { call, portIsFree } from './net.mjs';
import { fail, root, run, saying, toolEnv } from './run.mjs';

export const port = Number(process.env.PORT || 8787);
export const origin = `http://localhost:${port}`;
export const folder = resolve(process.env.FOYER_STATE || join(root, '.wrangler/foyer'));
export const demo = process.env.FOYER_SEED !== 'none';

const ours = [
  'secret',
  'setup-token',
  'vars.env',
  'log.txt',
  'migrated',
  'seeding',
  'running',
  'registry',
  'v3',
];
export const inState = (name) => join(folder, name);
export const seedingDone = () => rmSync(inState('seeding'), { force: true });
export const setupToken = () => read(inState('setup-token'));

/** Contains only what these scripts put there. */
export function looksLikeOurs() {
  const names = readdirSync(folder);
  return names.includes('secret') && names.every((name) => ours.includes(name));
}

/** Two Foyers on one state would share a database file. */
export async function runningOn() {
  const [pid, at] = read(inState('running')).split(' ');
  if (!pid) return null;
  try {
    process.kill(Number(pid), 0);
    await call(`http://localhost:${at}/healthz`, { timeout: 2000 });
    return at;
  } catch {
    return null;
  }
}

/** Refuses a taken port or state before anything slow happens. */
export async function claim() {
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    await fail(`PORT=${process.env.PORT} isn’t a port. Use a number from 1 to 65535.`);
  const other = await runningOn();
  if (other)
    await fail(
      `Foyer is already running with this state, at http://localhost:${other}.\n` +
        'Stop it first, or give this one its own port and folder: PORT=8788 FOYER_STATE=/tmp/foyer npm start',
    );
  if (!(await portIsFree(port)))
    await fail(`Another program is using port ${port}. Choose another one: PORT=${port + 1} npm start`);

  await makeFolder(folder);
  // A first start was interrupted while seeding: nobody has used that database, so start over.
  if (existsSync(inState('seeding')))
    for (const name of ['v3', 'migrated', 'seeding']) rmSync(inState(name), { recursive: true, force: true });
  await makeFolder(inState('v3'));
  for (const name of ['secret', 'setup-token'])
    if (!read(inState(name))) writePrivate(name, randomBytes(32).toString('base64url'));
  writePrivate('running', `${process.pid} ${port}`);
  process.on('exit', () => {
    if (read(inState('running')).startsWith(`${process.pid} `)) rmSync(inState('running'), { force: true });
  });
}

export async function migrate() {
  // wrangler.toml too: its id names the local database.
  const mark = fingerprint(['drizzle', 'wrangler.toml']);
  const before = read(inState('migrated'));
  if (before === mark) return;
  if (!before && demo) writePrivate('seeding', 'A new database, which the demo has not filled yet.\n');
  console.log('Preparing the database …');
  const args = ['d1', 'migrations', 'apply', 'DB', '--local', '--persist-to', folder];
  if (await saying('Preparing the database', () => run('wrangler', args, wranglerOptions())))
    await fail(`The migration failed.\n${logTail()}`);
  writePrivate('migrated', mark);
}

/** In a file, because `ps` shows command lines to everybody. Wrangler reads it after wrangler.toml, so it wins. */
export function writeVariables(more = {}) {
  const variables = {
    ORIGIN: origin,
    FOYER_LOCAL: '1',
    FOYER_SECRET: read(inState('secret')),
    SETUP_TOKEN: setupToken(),
    MAIL_TRANSPORT: 'mailbox',
    MAIL_DOMAIN: 'foyer.example',
    FOYER_SEED: demo ? 'demo' : 'none',
    ...more,
  };
  const lines = Object.entries(variables).map(([name, value]) => `${name}="${value}"\n`);
  writePrivate('vars.env', lines.join(''));
  return inState('vars.env');
}

let log;

/** Wrangler's output and its registry of running workers stay in the state folder. */
export function wranglerOptions() {
  log ??= openSync(inState('log.txt'), 'w', 0o600);
  return { output: log, env: toolEnv({ NO_COLOR: '1', WRANGLER_REGISTRY_PATH: inState('registry') }) };
}

export function logTail() {
  const lines = read(inState('log.txt')).trimEnd().split('\n').slice(-40);
  return `The end of ${inState('log.txt')}:\n\n${lines.join('\n')}`;
}

function writePrivate(name, text) {
  writeFileSync(inState(name), text, { mode: 0o600 });
  chmodSync(inState(name), 0o600);
}
