import { show } from '$lib/server/http';
import * as notifications from '$lib/server/notifications';

/** For the bar. It reads the address, so that every navigation reloads it. */
export const load = (event) =>
  show(event, async (ctx) => {
    void event.url.href;
    const { unread, stamp, spaces } = await notifications.news(ctx);
    return { unread: unread.all, unreadOf: unread, stamp, switcher: spaces, rooms: ctx.rooms !== null };
  });
