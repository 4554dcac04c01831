import * as access from '$lib/server/access';
import * as v from 'valibot';
import { extension } from '$lib/schemas';
import { form, show } from '$lib/server/http';
import * as memberships from '$lib/server/memberships';

export const load = (event) =>
  show(event, async (ctx) => ({
    ...(await memberships.accessOf(ctx, Number(event.params.id), event.params.guest)),
    done: event.url.searchParams.get('done'),
  }));

const here = ({ id, guest }: { id?: string; guest?: string }, done: string) =>
  `/spaces/${id}/access/${guest}?done=${done}`;

export const actions = {
  extend: form(
    extension,
    async (ctx, { accessEnds }, { params }) => {
      await memberships.extend(ctx, Number(params.id), params.guest!, accessEnds);
      return here(params, 'extended');
    },
    access.membersOnly,
  ),
  decline: form(
    v.object({}),
    async (ctx, _input, { params }) => {
      await memberships.declineRenewal(ctx, Number(params.id), params.guest!);
      return here(params, 'declined');
    },
    access.membersOnly,
  ),
};
