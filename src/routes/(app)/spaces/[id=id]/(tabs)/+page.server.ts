import * as access from '$lib/server/access';
import { deleteSpace, readUntil } from '$lib/schemas';
import * as v from 'valibot';
import { form } from '$lib/server/http';
import * as memberships from '$lib/server/memberships';
import * as trash from '$lib/server/trash';

export const actions = {
  read: form(
    readUntil,
    async (ctx, { until }, { params }) => {
      await memberships.markRead(ctx, Number(params.id), until);
      return `/spaces/${params.id}`;
    },
    access.membersOnly,
  ),
  greeted: form(
    v.object({}),
    async (ctx, _input, { params }) => {
      await memberships.endGreeting(ctx, Number(params.id));
      return `/spaces/${params.id}`;
    },
    access.membersOnly,
  ),
  leave: form(
    v.object({}),
    async (ctx, _input, { params }) => {
      await memberships.leave(ctx, Number(params.id));
      return '/';
    },
    access.membersOnly,
  ),
  delete: form(
    deleteSpace,
    async (ctx, { typed }, { params }) => {
      await trash.putSpace(ctx, Number(params.id), typed);
      return '/';
    },
    access.administratorsOnly,
  ),
};
