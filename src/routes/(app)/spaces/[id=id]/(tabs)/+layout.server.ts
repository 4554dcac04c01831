import { randomId } from '$lib/server/crypto';
import { show } from '$lib/server/http';
import * as invitations from '$lib/server/invitations';
import * as spaces from '$lib/server/spaces';
import * as threads from '$lib/server/threads';
import { threadFilter } from '$lib/thread-filters';

export const load = (event) =>
  show(event, async (ctx) => {
    const query = event.url.searchParams;
    const spaceId = Number(event.params.id);
    // Under a dialog with an address of its own, the query is not about the thread.
    const ofThread = event.route.id.endsWith('/(tabs)') ? query : new URLSearchParams();
    const [room, discussion] = await Promise.all([
      spaces.overview(ctx, spaceId, {
        show: threadFilter(query.get('show')),
        before: query.get('before'),
        pinnedBefore: query.get('pinned'),
      }),
      threads.onlyPage(ctx, spaceId, ofThread),
    ]);
    // Only for people who may do it.
    const asking =
      query.has('leave') && room.may.leave
        ? ('leave' as const)
        : query.has('archive') && room.may.administer && !room.archived
          ? ('archive' as const)
          : query.get('delete') === '' && room.may.administer
            ? ('delete' as const)
            : null;
    const number = (name: string) => Number(query.get(name)) || 0;
    return {
      ...room,
      asking,
      /** For the status message, once. */
      newlyInvited:
        query.get('done') === 'invited'
          ? {
              ...{ sent: number('sent'), active: number('active'), left: number('left') },
              skipped: await invitations.skippedAt(ctx, room.space.id, query.get('skipped')),
            }
          : null,
      /** Where the space has one thread, which is its page. */
      discussion,
      covered: asking !== null || !!discussion?.covered,
      invitationKey: randomId(),
    };
  });
