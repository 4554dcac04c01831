import { show } from '$lib/server/http';
import * as notifications from '$lib/server/notifications';
import * as spaces from '$lib/server/spaces';

export { actions } from './notifications/+page.server';

/** Notifications on the portal home. */
const NEWEST = 8;

export const load = (event) =>
  show(event, async (ctx) => {
    const query = event.url.searchParams;
    const asked = notifications.shownBy(query.get('show'));
    const done = (['left', 'deleted'] as const).find((what) => what === query.get('done'));
    const [portal, newest, ended] = await Promise.all([
      spaces.portal(ctx, query.get('before'), query.get('archived')),
      notifications.open(ctx, asked, { limit: NEWEST }),
      done && spaces.nameOfEnded(ctx, done, Number(query.get('space'))),
    ]);
    return {
      ...portal,
      /** Somebody is reading further in them. */
      unfolded: query.has('archived'),
      notifications: newest,
      done: done && ended ? { how: done, space: ended } : null,
    };
  });
