import * as accounts from '$lib/server/accounts';
import { answer } from '$lib/server/http';

/** Colleagues for a new space, for the form's script. */
export const GET = (event) =>
  answer(event, async (ctx) => {
    const search = event.url.searchParams.get('search')?.trim().slice(0, 200);
    return Response.json(await accounts.colleagues(ctx, search));
  });
