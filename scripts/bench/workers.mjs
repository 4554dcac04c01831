// The Workers that the benchmark measures, each on Miniflare's own socket: no development proxy, database in a file.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../lib/net.mjs';
import { root, run, toolEnv } from '../lib/run.mjs';

const compatibility = { compatibilityDate: '2026-10-01', compatibilityFlags: ['nodejs_compat'] };

/** Bundles as `wrangler deploy` does. @returns {string} the folder of the modules */
async function bundle(folder, ...args) {
  mkdirSync(folder, { recursive: true });
  const code = await run('wrangler', ['deploy', ...args, '--dry-run', '--outdir', folder], {
    output: 'ignore',
    env: toolEnv({ WRANGLER_LOG: 'error' }),
  });
  if (code) throw new Error(`wrangler could not bundle ${args.join(' ')}`);
  return folder;
}

function modulesOf(folder, main) {
  const type = { js: 'esm', mjs: 'esm', wasm: 'wasm', txt: 'text', bin: 'data' };
  const names = readdirSync(folder).filter((name) => type[name.split('.').at(-1)]);
  return {
    mainModule: main,
    modulesRoot: folder,
    modules: Object.fromEntries(
      names.map((name) => {
        const kind = type[name.split('.').at(-1)];
        const contents = readFileSync(join(folder, name), kind === 'wasm' || kind === 'data' ? null : 'utf8');
        return [name, { type: kind, contents }];
      }),
    ),
  };
}

const text = (value) => ({ type: 'text', value });

/** The files of a build. */
const assetsOf = (folder) => ({
  type: 'fetcher',
  handler: (request) => {
    const path = join(folder, new URL(request.url).pathname);
    if (!existsSync(path) || !statSync(path).isFile()) return new globalThis.Response(null, { status: 404 });
    return new globalThis.Response(readFileSync(path));
  },
});

async function serve(name, folder, main, env, { state, inspect = false, triggers = [], exports = {} }) {
  const { Miniflare, Log, LogLevel } = await import('miniflare');
  const port = await freePort();
  const inspectorPort = inspect ? await freePort() : undefined;
  const miniflare = new Miniflare({
    host: '127.0.0.1',
    port,
    ...(inspect && { inspectorPort }),
    log: new Log(LogLevel.ERROR),
    resourcePersistencePath: state,
    workers: [
      {
        config: {
          ...{ name, ...compatibility, manifest: modulesOf(folder, main) },
          ...{ env: env(port), triggers, exports },
        },
      },
    ],
  });
  await miniflare.ready;
  return { miniflare, origin: `http://localhost:${port}`, port, inspectorPort };
}

/** Foyer as it would be deployed, with the meter of tests/bench/worker.ts. @returns {Promise<string>} its folder */
export const foyerBundle = (folder) => bundle(join(folder, 'worker'), 'tests/bench/worker.ts');

/** Serves it, migrated and empty. @param options `worker`: its folder, if it is bundled already */
export async function foyer(folder, { worker, ...options } = {}) {
  worker ??= await foyerBundle(folder);
  const env = (port) => ({
    DB: { type: 'd1', id: 'foyer' },
    KV: { type: 'kv', id: 'foyer' },
    FILES: { type: 'r2', name: 'foyer-files' },
    MAIL_QUEUE: { type: 'queue', name: 'foyer-mail' },
    ROOMS: { type: 'durable-object', worker: 'foyer', exportName: 'Room' },
    ASSETS: assetsOf(join(root, '.svelte-kit/cloudflare')),
    ORIGIN: text(`http://localhost:${port}`),
    FOYER_LOCAL: text('1'),
    FOYER_SEED: text('none'),
    FOYER_SECRET: text(randomBytes(32).toString('base64url')),
    SETUP_TOKEN: text(randomBytes(24).toString('hex')),
    MAIL_TRANSPORT: text('mailbox'),
    MAIL_DOMAIN: text('foyer.example'),
  });
  const site = await serve('foyer', worker, 'worker.js', env, {
    state: join(folder, 'state'),
    triggers: [{ type: 'queue', name: 'foyer-mail', maxBatchSize: 20, maxBatchTimeout: 1 }],
    exports: { Room: { type: 'durable-object', storage: 'sqlite' } },
    ...options,
  });
  const db = await site.miniflare.getD1Database('DB', 'foyer');
  for (const file of readdirSync(join(root, 'drizzle'))
    .filter((name) => name.endsWith('.sql'))
    .sort())
    for (const statement of readFileSync(join(root, 'drizzle', file), 'utf8').split(
      '--> statement-breakpoint',
    ))
      if (statement.trim()) await db.prepare(statement).run();
  return site;
}

/** Two pages on the same stack to measure by: `/ruler` reads one row, `/floor` does what any page of ours must. */
export async function ruler(folder) {
  const app = join(root, 'scripts/bench/ruler');
  const code = await run('vite', ['build'], { cwd: app, output: 'ignore', env: toolEnv() });
  if (code) throw new Error('the ruler could not be built');
  const worker = await bundle(join(folder, 'ruler'), '--config', join(app, 'wrangler.toml'));
  const env = () => ({
    DB: { type: 'd1', id: 'ruler' },
    ASSETS: assetsOf(join(app, '.svelte-kit/cloudflare')),
  });
  const site = await serve('ruler', worker, '_worker.js', env, { state: join(folder, 'ruler-state') });
  const db = await site.miniflare.getD1Database('DB', 'ruler');
  await db.prepare('create table ruler (id integer primary key, name text not null)').run();
  await db
    .prepare(
      `insert into ruler with recursive n(i) as (select 1 union all select i + 1 from n where i < 200)
        select i, 'Row ' || i from n`,
    )
    .run();
  return site;
}

/** CPU seconds that the runtime of this process has used, or NaN where the system does not say. */
export function cpuSeconds() {
  try {
    let ticks = 0;
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const stat = statOf(pid);
      if (stat?.name === 'workerd' && stat.parent === process.pid) ticks += stat.ticks;
    }
    return ticks / 100;
  } catch {
    return NaN;
  }
}

function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    const rest = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { name, parent: Number(rest[1]), ticks: Number(rest[11]) + Number(rest[12]) };
  } catch {
    return null; // it has just ended
  }
}
