import { show } from '$lib/server/http';
import { allow } from '$lib/server/policy';

export const load = (event) => show(event, (ctx) => allow(ctx, 'site.administer'));
