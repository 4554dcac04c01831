import { acceptTerms, ownPath } from '$lib/schemas';
import { form, show } from '$lib/server/http';
import * as terms from '$lib/server/terms';

export const load = (event) =>
  show(event, async (ctx) => ({
    ...(await terms.asked(ctx)),
    next: ownPath(event.url.searchParams.get('next')),
  }));

export const actions = {
  accept: form(acceptTerms, async (ctx, { terms: typed, next }) => {
    await terms.accept(ctx, typed);
    return next;
  }),
};
