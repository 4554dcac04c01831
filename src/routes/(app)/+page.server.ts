import { show } from '$lib/server/http';
import * as notifications from '$lib/server/notifications';
import * as spaces from '$lib/server/spaces';

export { actions } from './notifications/+page.server';

/** Notifications on the portal home. */
const NEWEST = 8;

export const load = (event) =>
  show(event, async (ctx) => {
    const asked = notifications.shownBy(event.url.searchParams.get('show'));
    const [portal, newest] = await Promise.all([
      spaces.portal(ctx, event.url.searchParams.get('before')),
      notifications.open(ctx, asked, { limit: NEWEST }),
    ]);
    const done = (['left', 'deleted'] as const).find((what) => what === event.url.searchParams.get('done'));
    return { ...portal, notifications: newest, done };
  });
