import { answer } from '$lib/server/http';
import * as live from '$lib/server/live';
import * as presence from '$lib/server/presence';

export const GET = (event) =>
  answer(event, (ctx) => {
    const space = Number(event.params.id);
    const thread = event.url.searchParams.get('thread') ?? '';
    return live.enter(ctx, space, event.request.headers.get('upgrade'), async () =>
      /^[1-9]\d{0,14}$/.test(thread) ? presence.placeIn(ctx, space, Number(thread)) : null,
    );
  });
