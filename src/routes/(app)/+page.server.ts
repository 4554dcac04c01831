import { show } from '$lib/server/http';
import * as notifications from '$lib/server/notifications';
import * as spaces from '$lib/server/spaces';

export { actions } from './notifications/+page.server';

/** Notifications on the portal home. */
const NEWEST = 8;

export const load = (event) =>
  show(event, async (ctx) => {
    const list = event.url.searchParams.get('show') === 'all' ? 'all' : 'me';
    const [portal, newest] = await Promise.all([
      spaces.portal(ctx, event.url.searchParams.get('before')),
      notifications.list(ctx, { show: list, limit: NEWEST }),
    ]);
    return { ...portal, notifications: { ...newest, show: list as 'me' | 'all' } };
  });
