import * as v from 'valibot';
import * as access from '$lib/server/access';
import { byId, guestRef, guestTerms, once } from '$lib/schemas';
import { randomId } from '$lib/server/crypto';
import { form, show } from '$lib/server/http';
import * as invitations from '$lib/server/invitations';
import * as memberships from '$lib/server/memberships';

export const load = (event) =>
  show(event, async (ctx) => {
    const query = event.url.searchParams;
    const status = invitations.tabFilters.find((one) => one === query.get('status')) ?? null;
    const filter = { find: query.get('find') ?? '', status };
    const changing = query.get('access');
    const number = (name: string) => Number(query.get(name)) || 0;
    const spaceId = Number(event.params.id);
    const [tab, terms] = await Promise.all([
      invitations.guestsTab(ctx, spaceId, query.get('after') ?? '', filter),
      changing ? memberships.terms(ctx, spaceId, changing) : null,
    ]);
    return {
      ...tab,
      /** Of the row whose "Access" was pressed. */
      terms,
      changing,
      /** The row whose "Delete" was pressed. */
      asking: query.get('delete'),
      requestKey: randomId(),
      /** For the status message. */
      done: {
        sent: number('sent'),
        active: number('active'),
        left: number('left'),
        not: number('not'),
        what: query.get('done'),
        skipped: await invitations.skippedAt(ctx, spaceId, query.get('skipped')),
      },
    };
  });

const idOf = (ref: string) => ref.slice(ref.indexOf(':') + 1);

/** The same view of the list, with a status message. */
const here = (
  { params, url }: { params: { id?: string }; url: URL },
  done: Record<string, string | number>,
) => {
  const query = new URLSearchParams();
  for (const name of ['find', 'status', 'after'])
    if (url.searchParams.get(name)) query.set(name, url.searchParams.get(name)!);
  for (const [name, value] of Object.entries(done)) query.set(name, String(value));
  return `/spaces/${params.id}/settings/guests?${query}`;
};

/** What "Delete" does, by the kind of the row. */
const ends = {
  guest: { end: memberships.removeGuest, done: 'removed' },
  ended: { end: memberships.forgetEnded, done: 'forgotten' },
  invitation: { end: invitations.cancel, done: 'cancelled' },
} as const;

export const actions = {
  resend: form(
    v.object({ ...guestRef.entries, ...once.entries }),
    async (ctx, { ref, requestKey }, event) => {
      await invitations.resend(ctx, Number(event.params.id), idOf(ref), requestKey);
      return here(event, { done: 'resent' });
    },
    access.administratorsOnly,
  ),
  resendAll: form(
    once,
    async (ctx, { requestKey }, event) => {
      const counts = await invitations.resendExpired(ctx, Number(event.params.id), requestKey);
      return here(event, { done: 'resent-all', ...counts });
    },
    access.administratorsOnly,
  ),
  copy: form(
    guestRef,
    async (ctx, { ref }, { params }) => ({
      copied: { ref, url: await invitations.copyLink(ctx, Number(params.id), idOf(ref)) },
    }),
    access.administratorsOnly,
  ),
  access: form(
    guestTerms,
    async (ctx, { ref, ...terms }, event) => {
      await memberships.changeTerms(ctx, Number(event.params.id), ref, terms);
      return here(event, { done: 'access-changed' });
    },
    access.administratorsOnly,
  ),
  dismiss: form(
    byId,
    async (ctx, { id }, event) => {
      await invitations.dismissAsker(ctx, Number(event.params.id), id);
      return here(event, { done: 'dismissed' });
    },
    access.administratorsOnly,
  ),
  delete: form(
    guestRef,
    async (ctx, { ref }, event) => {
      const kind = ref.slice(0, ref.indexOf(':')) as keyof typeof ends;
      await ends[kind].end(ctx, Number(event.params.id), idOf(ref));
      return here(event, { done: ends[kind].done });
    },
    access.administratorsOnly,
  ),
};
