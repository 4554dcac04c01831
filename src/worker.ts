/** Composition only: SvelteKit for pages and API, the rooms of open pages, the mail queue, and cron. */
import sveltekit from 'sveltekit-worker';
import type { Env, MailNudge } from './lib/server/context/config';
import { createContext } from './lib/server/context/create';
import * as body from './lib/server/body';
import { pageInstead, readable, rejectOversized } from './lib/server/request-limits';
import * as cron from './lib/server/cron';
import * as jobs from './lib/server/jobs';
import { secured } from './lib/server/plain-pages';

export { Room } from './lib/server/room';

const system = (env: Env, ctx: ExecutionContext) => ({
  env,
  waitUntil: (work: Promise<unknown>) => ctx.waitUntil(work),
  changeLimit: null,
});

export default {
  async fetch(request, env, ctx) {
    const ask = async (asked: typeof request) =>
      (await sveltekit.fetch!(readable(asked), env, ctx)) as Response;
    const answer = (await rejectOversized(request)) ?? (await ask(request));
    const page = pageInstead(request, answer);
    await body.drain(request);
    return secured(page ? await ask(page as typeof request) : answer, request);
  },
  async queue(batch, env, ctx) {
    await jobs.consume(createContext(system(env, ctx)), batch);
  },
  async scheduled(_event, env, ctx) {
    await cron.run(createContext(system(env, ctx)));
  },
} satisfies ExportedHandler<Env, MailNudge>;
