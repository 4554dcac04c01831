import { Refusal } from '$lib/server/errors';
import { showPublic } from '$lib/server/http';

/** The link was cut before its token; +error.svelte explains. */
export const load = (event) =>
  showPublic(event, () => {
    throw new Refusal('missing');
  });
