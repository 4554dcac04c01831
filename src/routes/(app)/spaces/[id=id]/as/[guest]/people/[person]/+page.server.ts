import { showAs } from '$lib/server/http';
import * as spaces from '$lib/server/spaces';

export const load = (event) =>
  showAs(event, (ctx, spaceId) => spaces.card(ctx, spaceId, event.params.person));
