import { show } from '$lib/server/http';
import * as notifications from '$lib/server/notifications';
import { allow } from '$lib/server/policy';

export const load = (event) =>
  show(event, async (ctx) => {
    allow(ctx, 'site.administer');
    return { unread: event.url.href ? await notifications.countUnread(ctx) : 0 };
  });
