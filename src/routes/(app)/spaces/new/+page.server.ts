import * as v from 'valibot';
import { coverUpload, newSpace } from '$lib/schemas';
import * as accounts from '$lib/server/accounts';
import { randomId } from '$lib/server/crypto';
import * as files from '$lib/server/files';
import { form, show } from '$lib/server/http';
import { allow } from '$lib/server/policy';
import * as spaces from '$lib/server/spaces';

export const load = (event) =>
  show(event, async (ctx) => {
    allow(ctx, 'space.create');
    const users = await accounts.findUsers(ctx);
    return { requestKey: randomId(), users: users.filter((user) => user.id !== ctx.actor!.id) };
  });

export const actions = {
  default: form(
    v.object({ ...newSpace.entries, ...coverUpload }),
    async (ctx, { requestKey, members, administrators, coverFile, ...input }) => {
      input.cover = await files.chosenCover(ctx, input.cover, coverFile);
      const chosen = [...new Set([...members, ...administrators])];
      const people = chosen.map((id) => ({ id, administrator: administrators.includes(id) }));
      return `/spaces/${await spaces.create(ctx, input, people, requestKey)}`;
    },
    (ctx) => allow(ctx, 'space.create'),
  ),
};
