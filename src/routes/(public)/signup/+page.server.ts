import { Refusal } from '$lib/server/errors';
import { showPublic } from '$lib/server/http';

/** A link that was cut before its token: +error.svelte says so. */
export const load = (event) =>
  showPublic(event, () => {
    throw new Refusal('missing');
  });
