// `npm run build` records its sources, so that `npm start` does not build again.
import { build } from './lib/project.mjs';
import { finish, finishOnSignal } from './lib/run.mjs';

finishOnSignal(130);
await finish(await build({ always: true }));
