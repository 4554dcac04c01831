import { show } from '$lib/server/http';
import * as notifications from '$lib/server/notifications';

/** The number on the bell. It reads the address, so that every navigation reloads it. */
export const load = (event) =>
  show(event, async (ctx) => ({ unread: event.url.href ? await notifications.countUnread(ctx) : 0 }));
