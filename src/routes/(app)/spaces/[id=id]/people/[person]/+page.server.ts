import { show } from '$lib/server/http';
import * as spaces from '$lib/server/spaces';

export const load = (event) =>
  show(event, (ctx) => spaces.card(ctx, Number(event.params.id), event.params.person));
