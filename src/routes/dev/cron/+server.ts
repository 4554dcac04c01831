import * as cron from '$lib/server/cron';
import { answerPublic } from '$lib/server/http';
import { MINUTE } from '$lib/time';

// `vite dev` has no scheduled handler; `npm run dev` calls this every minute instead. Tests call it for a later minute.
export const POST = (event) =>
  answerPublic(event, async (ctx) => {
    const ahead = Number(event.url.searchParams.get('minutes')) || 0;
    await cron.run({ ...ctx, now: ctx.now + ahead * MINUTE });
    return new Response(null, { status: 204 });
  });
