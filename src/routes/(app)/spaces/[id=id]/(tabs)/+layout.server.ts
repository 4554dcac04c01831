import { randomId } from '$lib/server/crypto';
import { show } from '$lib/server/http';
import * as spaces from '$lib/server/spaces';

export const load = (event) =>
  show(event, async (ctx) => {
    const query = event.url.searchParams;
    const room = await spaces.overview(
      ctx,
      Number(event.params.id),
      query.get('before'),
      query.get('pinned'),
    );
    // Only for people who may do it.
    const asking =
      query.has('leave') && room.may.leave
        ? ('leave' as const)
        : query.has('delete') && room.may.administer
          ? ('delete' as const)
          : null;
    const number = (name: string) => Number(query.get(name)) || 0;
    return {
      ...room,
      asking,
      /** For the status message, once. */
      newlyInvited:
        query.get('done') === 'invited'
          ? { sent: number('sent'), active: number('active'), left: number('left') }
          : null,
      covered: asking !== null,
      invitationKey: randomId(),
    };
  });
