import { answer } from '$lib/server/http';
import * as notifications from '$lib/server/notifications';

export const GET = (event) =>
  answer(event, async (ctx) => {
    const { unread, stamp } = await notifications.news(ctx);
    return stamp === event.url.searchParams.get('since')
      ? new Response(null, { status: 204 })
      : Response.json({ unread, stamp });
  });
