import { showAs } from '$lib/server/http';
import * as threads from '$lib/server/threads';

export const load = (event) =>
  showAs(event, (ctx, spaceId) =>
    threads.page(ctx, spaceId, Number(event.params.thread), event.url.searchParams),
  );
