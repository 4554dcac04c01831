import { show } from '$lib/server/http';
import * as notifications from '$lib/server/notifications';
import * as spaces from '$lib/server/spaces';

export { actions } from './notifications/+page.server';

/** Notifications on the portal home. */
const NEWEST = 8;

export const load = (event) =>
  show(event, async (ctx) => {
    const listed = async () => {
      const list =
        notifications.shownBy(event.url.searchParams.get('show')) ??
        notifications.listToOpen((await event.parent()).unreadOf);
      return { ...(await notifications.list(ctx, { show: list, limit: NEWEST })), show: list };
    };
    const [portal, newest] = await Promise.all([
      spaces.portal(ctx, event.url.searchParams.get('before')),
      listed(),
    ]);
    return { ...portal, notifications: newest };
  });
