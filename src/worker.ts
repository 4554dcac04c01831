/** Composition only: SvelteKit for pages and API, the rooms of open pages, the mail queue, and cron. */
import sveltekit from 'sveltekit-worker';
import { answer, consume, runCron } from 'sveltekit-hooks';
import type { Env, MailNudge } from './lib/server/context/config';

export { Room } from './lib/server/room';

export default {
  fetch: (request, env, ctx) => answer(request, (asked) => sveltekit.fetch!(asked, env, ctx)),
  queue: consume,
  scheduled: (_event, env, ctx) => runCron(env, ctx),
} satisfies ExportedHandler<Env, MailNudge>;
