/** The Worker of `npm run bench`: the product's own, with a meter at its database and a way to fill it. Never deployed. */
import worker from '../../src/worker';
import type { Env, MailNudge } from '../../src/lib/server/context/config';
import { createContext } from '../../src/lib/server/context/create';
import * as cron from '../../src/lib/server/cron';
import * as passwords from '../../src/lib/server/passwords';
import { grow } from './growth';
import { metered, type Figures } from './meter';
import { fill } from './site';

export { Room } from '../../src/lib/server/room';

/** What the consumer of the queue has asked of the database, batch by batch. */
const consumed: (Figures & { messages: number })[] = [];

export default {
  ...worker,
  async fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/bench/fill') return Response.json(await fill(env, searchParams));
    if (pathname === '/bench/grow') return Response.json(await grow(env, searchParams));
    if (pathname === '/bench/hash') return new Response(await passwords.hash('quiet harbour 27 lamps'));
    if (pathname === '/bench/consumed') return Response.json(consumed.splice(0));
    if (pathname === '/bench/cron') {
      const { DB, figures } = metered(env.DB, 0);
      const waitUntil = (work: Promise<unknown>) => ctx.waitUntil(work);
      const now = Number(searchParams.get('now'));
      await cron.run(createContext({ env: { ...env, DB }, waitUntil, changeLimit: null, now }));
      return Response.json(figures);
    }
    const delay = request.headers.get('x-bench-delay');
    if (delay === null) return worker.fetch(request, env, ctx);
    const { DB, figures } = metered(env.DB, Number(delay));
    const answer = await worker.fetch(request, { ...env, DB }, ctx);
    const metered_ = new Response(answer.body, answer);
    metered_.headers.set('x-bench-figures', JSON.stringify(figures));
    return metered_;
  },
  async queue(batch, env, ctx) {
    const { DB, figures } = metered(env.DB, 0);
    await worker.queue(batch, { ...env, DB }, ctx);
    consumed.push({ ...figures, messages: batch.messages.length });
  },
} satisfies ExportedHandler<Env, MailNudge>;
