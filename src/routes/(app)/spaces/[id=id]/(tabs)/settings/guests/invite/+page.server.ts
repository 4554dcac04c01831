import * as access from '$lib/server/access';
import { invite, unfinishedInvitation } from '$lib/schemas';
import { randomId } from '$lib/server/crypto';
import { form, show } from '$lib/server/http';
import * as memberships from '$lib/server/memberships';
import * as invitations from '$lib/server/invitations';

export const load = (event) =>
  show(event, async (ctx) => {
    const spaceId = Number(event.params.id);
    /** Who asked to be invited again. */
    const asked = event.url.searchParams.get('asked');
    /** Who has declined. */
    const again = event.url.searchParams.get('again');
    return {
      ready: await invitations.readyWords(ctx, spaceId),
      asked: asked ?? again,
      addresses: asked
        ? await invitations.askerAddress(ctx, spaceId, asked)
        : again
          ? await invitations.declinedAddress(ctx, spaceId, again)
          : '',
      accessEnds: await memberships.defaultDay(ctx),
      requestKey: randomId(),
    };
  });

const send = form(
  invite,
  async (ctx, input, { params }) => {
    const spaceId = Number(params.id);
    const ready = await invitations.readyWords(ctx, spaceId);
    // Without scripts the default text does not follow the chosen language, so an unedited one is replaced here.
    const untouched = Object.values(ready).find(
      (r) => r.subject === input.subject && r.message === input.message,
    );
    const outcome = invitations.summaryOf(
      await invitations.inviteGuests(ctx, spaceId, { ...input, ...(untouched && ready[input.locale]) }),
    );
    if (outcome.refused.length === 0)
      return `/spaces/${spaceId}/settings/guests?${await invitations.newsOf(ctx, spaceId, outcome)}`;
    const values = { ...input, addresses: invitations.refusedAddresses(outcome) };
    return { outcome, values: { ...values, declinedToo: input.declinedToo ? 'on' : '' } };
  },
  access.administratorsOnly,
  { judge: async (_ctx, { addresses }) => void (addresses && invitations.judgeAddresses(addresses)) },
);

/** From the greeting of a new space, which has only addresses. */
const begin = form(
  unfinishedInvitation,
  async (_ctx, values) => ({ values, errors: {} }),
  access.administratorsOnly,
);

export const actions = {
  default: (event) => (event.url.searchParams.has('begin') ? begin(event) : send(event)),
};
