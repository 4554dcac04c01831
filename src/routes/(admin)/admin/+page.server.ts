import { redirect } from '@sveltejs/kit';
import { show } from '$lib/server/http';

export const load = async (event) => {
  await show(event, () => null);
  redirect(303, '/admin/users');
};
