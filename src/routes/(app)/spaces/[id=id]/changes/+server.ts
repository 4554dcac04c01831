import * as changes from '$lib/server/changes';
import { answer } from '$lib/server/http';

export const GET = (event) =>
  answer(event, async (ctx) => {
    const since = event.url.searchParams.get('since') ?? '';
    const news = await changes.since(ctx, Number(event.params.id), since);
    return news ? Response.json(news) : new Response(null, { status: 204 });
  });
