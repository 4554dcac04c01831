/** The Worker of `npm run bench`: the product's own, with a meter at its database and a way to fill it. Never deployed. */
import worker from '../../src/worker';
import type { Env } from '../../src/lib/server/context/config';
import * as passwords from '../../src/lib/server/passwords';
import { metered } from './meter';
import { fill } from './site';

export { Room } from '../../src/lib/server/room';

export default {
  ...worker,
  async fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/bench/fill') return Response.json(await fill(env, searchParams));
    if (pathname === '/bench/hash') return new Response(await passwords.hash('quiet harbour 27 lamps'));
    const delay = request.headers.get('x-bench-delay');
    if (delay === null) return worker.fetch(request, env, ctx);
    const { DB, figures } = metered(env.DB, Number(delay));
    const answer = await worker.fetch(request, { ...env, DB }, ctx);
    const metered_ = new Response(answer.body, answer);
    metered_.headers.set('x-bench-figures', JSON.stringify(figures));
    return metered_;
  },
} satisfies ExportedHandler<Env, never>;
