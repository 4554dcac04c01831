import { showAs } from '$lib/server/http';
import * as spaces from '$lib/server/spaces';
import * as threads from '$lib/server/threads';
import { threadFilter } from '$lib/thread-filters';

export const load = (event) =>
  showAs(event, async (ctx, spaceId) => {
    const query = event.url.searchParams;
    const [room, discussion] = await Promise.all([
      spaces.overview(ctx, spaceId, {
        show: threadFilter(query.get('show')),
        before: query.get('before'),
        pinnedBefore: query.get('pinned'),
      }),
      threads.onlyPage(ctx, spaceId, query),
    ]);
    const nothing = { asking: null, newlyInvited: null, invitationKey: '' };
    return { ...room, ...nothing, discussion, covered: !!discussion?.covered };
  });
