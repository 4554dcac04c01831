// `npm run build`: the production build. It notes what it was made from, so that `npm start` does not make it again.
import { build } from './lib/project.mjs';
import { finish, finishOnSignal } from './lib/run.mjs';

finishOnSignal(130);
await finish(await build({ always: true }));
