import { show } from '$lib/server/http';
import * as notifications from '$lib/server/notifications';

/** The number on the bell. Runs beside the page's own load, and anew at every navigation: it reads the address. */
export const load = (event) =>
  show(event, async (ctx) => ({ unread: event.url.href ? await notifications.countUnread(ctx) : 0 }));
