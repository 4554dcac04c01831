// `npm run dev`: the state and seed of `npm start`, but Vite serves the sources. Without a queue consumer, the app delivers mail
// itself (FOYER_INLINE_MAIL).
import { ensurePackages } from './lib/project.mjs';
import { fail, finishOnSignal, start, toolEnv } from './lib/run.mjs';
import { everyMinute, printWelcome, ready } from './lib/site.mjs';
import * as state from './lib/state.mjs';

finishOnSignal();
await state.claim();
await ensurePackages();
await state.migrate();

state.writeVariables({ FOYER_INLINE_MAIL: '1' });
// svelte.config.js passes this folder's database and variables to the pages.
const env = toolEnv({ FOYER_STATE: state.folder, WRANGLER_REGISTRY_PATH: state.inState('registry') });
const args = ['dev', '--port', String(state.port), '--host', 'localhost', '--strictPort'];
const server = start('vite', args, { env });
server.ended.then(() => fail('vite has ended.'));

await ready();
everyMinute('/dev/cron', { method: 'POST', headers: { Origin: state.origin } });
await printWelcome();
