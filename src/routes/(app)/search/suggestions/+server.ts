import { answer } from '$lib/server/http';
import * as limits from '$lib/server/limits';
import * as search from '$lib/server/search';

/** For the field in the bar, while somebody types. */
export const GET = (event) => {
  const typed = event.url.searchParams.get('q') ?? '';
  return answer(event, async (ctx) => {
    const [found] = await Promise.all([search.suggest(ctx, typed), typed && limits.take(ctx, 'suggestion')]);
    return Response.json(found);
  });
};
