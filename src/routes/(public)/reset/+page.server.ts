import { redirect } from '@sveltejs/kit';

/** The link was cut before its token: show the page of an expired link. */
export const load = () => redirect(303, '/reset/-');
