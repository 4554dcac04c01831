import { showAs } from '$lib/server/http';
import * as spaces from '$lib/server/spaces';

/** The frame around it is the administrator's own. */
export const load = (event) =>
  showAs(event, async (ctx, spaceId) => {
    const guest = await spaces.viewed(ctx, spaceId);
    return {
      view: { home: `/spaces/${spaceId}/as/${ctx.actor.id}`, guest },
      // Whom the words of these pages are for.
      viewer: {
        ...{ id: ctx.actor.id, name: guest?.name ?? '', avatar: null, guest: true },
        ...{ administrator: false, browserTimeZone: null },
      },
    };
  });
