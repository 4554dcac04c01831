import { redirect } from '@sveltejs/kit';
import * as access from '$lib/server/access';
import { show } from '$lib/server/http';

export const load = async (event) => {
  await show(event, (ctx) => access.requireAdministrator(ctx, Number(event.params.id)));
  redirect(303, `/spaces/${event.params.id}/settings/general`);
};
