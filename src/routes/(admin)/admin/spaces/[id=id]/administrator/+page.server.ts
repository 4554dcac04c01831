import { byId } from '$lib/schemas';
import * as administrators from '$lib/server/administrators';
import { form, show } from '$lib/server/http';

export const load = (event) =>
  show(event, (ctx) =>
    administrators.candidates(ctx, Number(event.params.id), event.url.searchParams.get('after') ?? ''),
  );

export const actions = {
  default: form(byId, async (ctx, { id }, { params }) => {
    await administrators.appoint(ctx, Number(params.id), id);
    return '/admin/spaces?done=appointed';
  }),
};
