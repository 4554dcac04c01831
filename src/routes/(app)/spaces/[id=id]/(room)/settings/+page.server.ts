import { redirect } from '@sveltejs/kit';
import { show } from '$lib/server/http';
import * as spaces from '$lib/server/spaces';

export const load = async (event) => {
  await show(event, (ctx) => spaces.administer(ctx, Number(event.params.id)));
  redirect(303, `/spaces/${event.params.id}/settings/general`);
};
