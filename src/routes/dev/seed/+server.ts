import { answerPublic } from '$lib/server/http';
import * as seed from '$lib/server/seed';

export const POST = (event) =>
  answerPublic(event, async (ctx) => {
    await seed.plant(ctx, event.platform!.env);
    return new Response(null, { status: 204 });
  });
