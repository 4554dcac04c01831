import { show } from '$lib/server/http';
import * as notifications from '$lib/server/notifications';
import { allow } from '$lib/server/policy';

/** For the bar. It reads the address, so that every navigation reloads it. */
export const load = (event) =>
  show(event, async (ctx) => {
    allow(ctx, 'site.administer');
    void event.url.href;
    const { unread, spaces } = await notifications.news(ctx);
    return { unread: unread.all, switcher: spaces };
  });
