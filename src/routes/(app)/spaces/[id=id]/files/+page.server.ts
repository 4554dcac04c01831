import { show } from '$lib/server/http';
import { listed } from './listed';

export const load = (event) =>
  show(event, (ctx) => listed(ctx, Number(event.params.id), event.url.searchParams));
