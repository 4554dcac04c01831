import { Refusal } from '$lib/server/errors';
import { show } from '$lib/server/http';

/** A link that was cut before its token: +error.svelte says so. */
export const load = (event) =>
  show(event, () => {
    throw new Refusal('missing');
  });
