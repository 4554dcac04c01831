import { show } from '$lib/server/http';
import * as spaces from '$lib/server/spaces';

export const load = (event) =>
  show(event, (ctx) => spaces.room(ctx, Number(event.params.id), event.url.searchParams.get('before')));
