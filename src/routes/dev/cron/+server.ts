import * as cron from '$lib/server/cron';
import { answerPublic } from '$lib/server/http';

// `vite dev` has no scheduled handler; `npm run dev` calls this every minute instead.
export const POST = (event) =>
  answerPublic(event, async (ctx) => {
    await cron.run(ctx);
    return new Response(null, { status: 204 });
  });
