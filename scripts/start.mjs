// `npm start`: all of Foyer on this machine, without any account. Installs and builds what is missing, migrates, serves the
// production build in workerd, seeds the demo, and runs cron every minute (docs/develop.md).
import { build, ensurePackages } from './lib/project.mjs';
import { fail, finishOnSignal, start } from './lib/run.mjs';
import { everyMinute, printWelcome, ready } from './lib/site.mjs';
import * as state from './lib/state.mjs';

finishOnSignal();
await state.claim();
await ensurePackages();
const options = state.wranglerOptions();
if (await build(options)) await fail(`The build failed.\n${state.logTail()}`);
await state.migrate();

const server = start(
  'wrangler',
  [
    'dev',
    ...['--port', String(state.port), '--ip', 'localhost', '--inspector-port', '0'],
    ...['--persist-to', state.folder, '--env-file', state.writeVariables()],
    // Pages must see http://localhost:<PORT>, even if wrangler.toml names the production route.
    ...[
      '--local',
      '--infer-origin-from-routes=false',
      '--live-reload=false',
      // A log line per request would contain the links of invitations and resets.
      '--log-level=warn',
      '--show-interactive-dev-session=false',
    ],
  ],
  options,
);
server.ended.then(() => fail(`wrangler has ended.\n${state.logTail()}`));

await ready();
everyMinute('/cdn-cgi/handler/scheduled');
await printWelcome();
