import * as spaces from '$lib/server/spaces';
import { guestRef } from '$lib/schemas';
import { form, show } from '$lib/server/http';
import * as invitations from '$lib/server/invitations';
import * as memberships from '$lib/server/memberships';

export const load = (event) =>
  show(event, async (ctx) => {
    const query = event.url.searchParams;
    return {
      ...(await invitations.guestsTab(ctx, Number(event.params.id), query.get('after') ?? '')),
      /** The row whose "Delete" was pressed: the page asks once. */
      asking: query.get('delete'),
      /** What was just done, for the status sentence. */
      done: {
        sent: Number(query.get('sent')) || 0,
        active: Number(query.get('active')) || 0,
        what: query.get('done'),
      },
    };
  });

const idOf = (ref: string) => ref.slice(ref.indexOf(':') + 1);
const here = (params: { id?: string }, done: string) => `/spaces/${params.id}/settings/guests?done=${done}`;

export const actions = {
  resend: form(
    guestRef,
    async (ctx, { ref }, { params }) => {
      await invitations.resend(ctx, Number(params.id), idOf(ref));
      return here(params, 'resent');
    },
    spaces.administers,
  ),
  copy: form(
    guestRef,
    async (ctx, { ref }, { params }) => ({
      copied: { ref, url: await invitations.copyLink(ctx, Number(params.id), idOf(ref)) },
    }),
    spaces.administers,
  ),
  delete: form(
    guestRef,
    async (ctx, { ref }, { params }) => {
      const end = ref.startsWith('guest:') ? memberships.removeGuest : invitations.cancel;
      await end(ctx, Number(params.id), idOf(ref));
      return here(params, ref.startsWith('guest:') ? 'removed' : 'cancelled');
    },
    spaces.administers,
  ),
};
