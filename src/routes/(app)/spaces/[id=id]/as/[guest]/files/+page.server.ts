import { showAs } from '$lib/server/http';
import { listed } from '../../../files/listed';

export const load = (event) => showAs(event, (ctx, spaceId) => listed(ctx, spaceId, event.url.searchParams));
