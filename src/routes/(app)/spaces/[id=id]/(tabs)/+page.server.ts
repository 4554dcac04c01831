import * as access from '$lib/server/access';
import { helloAt, keepingList, portalAfter } from '$lib/pages';
import { deleteSpace, firstInvitation, greeting, hello, onOff, ownCompany, readUntil } from '$lib/schemas';
import * as v from 'valibot';
import * as accounts from '$lib/server/accounts';
import * as archive from '$lib/server/archive';
import { form } from '$lib/server/http';
import * as invitations from '$lib/server/invitations';
import * as memberships from '$lib/server/memberships';
import * as trash from '$lib/server/trash';
import { discussion } from '../discussion';

export const actions = {
  ...discussion,
  invite: form(
    firstInvitation,
    async (ctx, { addresses, requestKey }, { params }) => {
      const spaceId = Number(params.id);
      const words = (await invitations.readyWords(ctx, spaceId))[ctx.locale];
      const outcome = invitations.summaryOf(
        await invitations.inviteGuests(ctx, spaceId, { addresses, ...words, locale: ctx.locale, requestKey }),
      );
      if (outcome.refused.length === 0)
        return `/spaces/${spaceId}?${await invitations.newsOf(ctx, spaceId, outcome)}`;
      return { outcome, values: { addresses: invitations.refusedAddresses(outcome) } };
    },
    access.administratorsOnly,
  ),
  read: form(
    readUntil,
    async (ctx, { until }, { params, url }) => {
      await memberships.markRead(ctx, Number(params.id), until);
      return keepingList(`/spaces/${params.id}`, url);
    },
    access.membersOnly,
  ),
  greeted: form(
    greeting,
    async (ctx, { company }, { params }) => {
      if (company) await accounts.setCompany(ctx, company);
      await memberships.endGreeting(ctx, Number(params.id));
      return `/spaces/${params.id}`;
    },
    access.membersOnly,
  ),
  hello: form(
    hello,
    async (ctx, { company, to }, { params }) => {
      if (company) await accounts.setCompany(ctx, company);
      return helloAt(`/spaces/${params.id}`, to);
    },
    access.membersOnly,
  ),
  company: form(
    ownCompany,
    async (ctx, { company }, { params }) => {
      await accounts.setCompany(ctx, company);
      return `/spaces/${params.id}`;
    },
    access.membersOnly,
  ),
  mute: form(
    onOff,
    async (ctx, { on }, { params }) => {
      await memberships.mute(ctx, Number(params.id), on);
      return `/spaces/${params.id}`;
    },
    access.membersOnly,
  ),
  archive: form(
    onOff,
    async (ctx, { on }, { params }) => {
      await archive.set(ctx, Number(params.id), on);
      return `/spaces/${params.id}`;
    },
    access.administratorsOnly,
  ),
  leave: form(
    v.object({}),
    async (ctx, _input, { params }) => {
      await memberships.leave(ctx, Number(params.id));
      return portalAfter('left', params);
    },
    access.membersOnly,
    {
      again: async (ctx, _input, { params }) =>
        (await memberships.hasLeft(ctx, Number(params.id))) ? portalAfter('left', params) : null,
    },
  ),
  delete: form(
    deleteSpace,
    async (ctx, { typed }, { params }) => {
      await trash.putSpace(ctx, Number(params.id), typed);
      return portalAfter('deleted', params);
    },
    access.administratorsOnly,
    {
      again: async (ctx, _input, { params }) =>
        (await trash.hasPut(ctx, Number(params.id))) ? portalAfter('deleted', params) : null,
    },
  ),
};
