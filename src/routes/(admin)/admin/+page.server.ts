import { redirect } from '@sveltejs/kit';

export const load = ({ locals }) => (locals.refused ? undefined : redirect(303, '/admin/users'));
