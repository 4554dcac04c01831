import { show } from '$lib/server/http';
import * as overview from '$lib/server/overview';

export const load = (event) =>
  show(event, async (ctx) => ({ ...(await overview.read(ctx)), most: overview.MOST }));
