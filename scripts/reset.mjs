// `npm run reset`: deletes the local state (database, files, secrets).
import { existsSync, rmSync } from 'node:fs';
import { portIsFree } from './lib/net.mjs';
import { fail } from './lib/run.mjs';
import * as state from './lib/state.mjs';

if (!existsSync(state.folder)) {
  console.log(`Nothing to reset: ${state.folder} does not exist.`);
  process.exit(0);
}
if (!state.looksLikeOurs())
  await fail(
    `${state.folder} contains more than Foyer’s state. Check what’s in it, then delete it yourself.`,
  );
const busy = (await state.runningOn()) ?? (!(await portIsFree(state.port)) && state.port);
if (busy) await fail(`Something is running on port ${busy}. Stop Foyer first (Ctrl-C), then reset.`);

rmSync(state.folder, { recursive: true });
console.log(`Deleted ${state.folder}. The next start will be a fresh one.`);
