import { answer } from '$lib/server/http';
import * as search from '$lib/server/search';

/** For the field in the bar, while somebody types. */
export const GET = (event) => {
  const typed = event.url.searchParams.get('q') ?? '';
  return answer(event, async (ctx) =>
    Response.json(await search.suggest(ctx, typed, typed ? 'suggestion' : null)),
  );
};
