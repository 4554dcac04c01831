import { redirect } from '@sveltejs/kit';

/** A link that was cut before its token: the page of one that no longer holds. */
export const load = () => redirect(303, '/reset/-');
