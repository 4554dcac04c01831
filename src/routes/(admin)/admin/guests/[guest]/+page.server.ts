import { dialogOver } from '$lib/pages';
import {
  addressAgain,
  byId,
  bySpace,
  correctAddress,
  handCode,
  once,
  requested,
  sessionOfGuest,
  setPassword,
  spaceTerms,
} from '$lib/schemas';
import * as accounts from '$lib/server/accounts';
import { randomId, randomToken } from '$lib/server/crypto';
import * as guests from '$lib/server/guests';
import { form, show } from '$lib/server/http';
import * as memberships from '$lib/server/memberships';
import { allow } from '$lib/server/policy';

export const load = (event) =>
  show(event, async (ctx) => {
    const query = event.url.searchParams;
    const changing = query.get('access');
    const [found, terms] = await Promise.all([
      guests.one(ctx, event.params.guest, {
        spaces: query.get('spaces'),
        invitations: query.get('invitations'),
        sessions: query.get('sessions'),
        accepted: query.get('accepted'),
      }),
      changing ? memberships.termsForSite(ctx, Number(changing), event.params.guest) : null,
    ]);
    const spaces = found.spaces.map((space) => ({ ...space, id: String(space.id) }));
    return {
      ...found,
      terms,
      ...dialogOver(event.url, {
        access: spaces,
        deactivate: [{ id: 'yes' }],
        user: [{ id: 'yes' }],
        end: [{ id: 'all' }],
        remove: spaces,
      }),
      requestKey: randomId(),
      formKey: randomToken(),
      codeKey: randomToken(),
      done: query.get('done'),
    };
  });

const site = (ctx: Parameters<typeof allow>[0]) => allow(ctx, 'site.administer');
const here = ({ guest }: { guest?: string }, done: string) => `/admin/guests/${guest}?done=${done}`;

export const actions = {
  deactivate: form(
    byId,
    async (ctx, { id }, { params }) => {
      await accounts.setActive(ctx, id, false);
      return here(params, 'deactivated');
    },
    site,
  ),
  reactivate: form(
    byId,
    async (ctx, { id }, { params }) => {
      await accounts.setActive(ctx, id, true);
      return here(params, 'reactivated');
    },
    site,
  ),
  endSessions: form(
    sessionOfGuest,
    async (ctx, { session }, { params }) => {
      await accounts.endSessionsOf(ctx, params.guest!, session === 'all' ? null : session);
      return here(params, 'sessions-ended');
    },
    site,
  ),
  address: form(
    correctAddress,
    async (ctx, { email, requestKey }, { params }) => {
      await accounts.askAddressFor(ctx, params.guest!, email, requestKey);
      return here(params, 'address-asked');
    },
    site,
  ),
  addressAgain: form(
    addressAgain,
    async (ctx, { sentAt }, { params }) => {
      await accounts.resendAddressFor(ctx, params.guest!, sentAt);
      return here(params, 'address-again');
    },
    site,
  ),
  addressCancel: form(
    once,
    async (ctx, _, { params }) => {
      await accounts.cancelAddressFor(ctx, params.guest!);
      return here(params, 'address-cancelled');
    },
    site,
  ),
  makeUser: form(
    once,
    async (ctx, _, { params }) => {
      await accounts.makeUser(ctx, params.guest!);
      return '/admin/users?done=changed';
    },
    site,
  ),
  mailReset: form(
    requested,
    async (ctx, { requestKey }, { params }) => {
      await accounts.mailReset(ctx, params.guest!, requestKey);
      return here(params, 'reset-mailed');
    },
    site,
  ),
  password: form(
    setPassword,
    async (ctx, { password, formKey }, { params }) => {
      await accounts.setPassword(ctx, params.guest!, password, formKey ?? randomToken());
      return here(params, 'password-set');
    },
    site,
  ),
  access: form(
    spaceTerms,
    async (ctx, { id, ...terms }, { params }) => {
      await memberships.changeTermsForSite(ctx, id, params.guest!, terms);
      return here(params, 'access-changed');
    },
    site,
  ),
  code: form(
    handCode,
    async (ctx, { codeKey }, { params }) => ({ made: await accounts.handCode(ctx, params.guest!, codeKey) }),
    site,
  ),
  remove: form(
    bySpace,
    async (ctx, { id }, { params }) => {
      await memberships.removeGuestForSite(ctx, id, params.guest!);
      return here(params, 'removed');
    },
    site,
  ),
};
