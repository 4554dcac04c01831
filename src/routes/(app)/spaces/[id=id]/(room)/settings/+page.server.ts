import { redirect } from '@sveltejs/kit';

export const load = ({ params }) => redirect(303, `/spaces/${params.id}/settings/general`);
