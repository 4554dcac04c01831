import * as access from '$lib/server/access';
import { portalAfter } from '$lib/pages';
import { byId, member } from '$lib/schemas';
import type { SignedIn } from '$lib/server/context';
import { form, show } from '$lib/server/http';
import * as memberships from '$lib/server/memberships';

export const load = (event) => {
  const query = event.url.searchParams;
  const filter = { find: query.get('find') ?? '', after: query.get('after') ?? '' };
  return show(event, (ctx) => memberships.members(ctx, Number(event.params.id), filter));
};

const here = (params: { id?: string }) => `/spaces/${params.id}/settings/members`;

const isOwnEnd = ({ actor }: SignedIn, { id, administrator }: { id: string; administrator: boolean }) =>
  id === actor.id && !administrator;

export const actions = {
  add: form(
    member,
    async (ctx, input, { params }) => {
      await memberships.addMember(ctx, Number(params.id), input.id, input.administrator);
      return here(params);
    },
    access.administratorsOnly,
  ),
  change: form(
    member,
    async (ctx, input, { params }) => {
      await memberships.setAdministrator(ctx, Number(params.id), input.id, input.administrator);
      // Removing one's own right ends access to this page.
      return isOwnEnd(ctx, input) ? `/spaces/${params.id}` : here(params);
    },
    access.administratorsOnly,
    {
      again: async (ctx, input, { params }) => {
        const id = Number(params.id);
        const isMember = isOwnEnd(ctx, input) && (await memberships.hasDemotedThemselves(ctx, id));
        return isMember ? `/spaces/${id}` : null;
      },
    },
  ),
  remove: form(
    byId,
    async (ctx, { id }, { params }) => {
      await memberships.removeMember(ctx, Number(params.id), id);
      return id === ctx.actor.id ? portalAfter('left', params) : here(params);
    },
    access.administratorsOnly,
    {
      again: async (ctx, { id }, { params }) =>
        id === ctx.actor.id && (await memberships.hasRemovedThemselves(ctx, Number(params.id)))
          ? portalAfter('left', params)
          : null,
    },
  ),
};
