import { Refusal } from '$lib/server/errors';
import { showAs } from '$lib/server/http';

/** What the view does not have (search, settings, writing): said in its frame, which leads back. */
export const load = (event) =>
  showAs(event, async () => {
    throw new Refusal('missing');
  });
