import { eq, sql } from 'drizzle-orm';
import * as access from '../access';
import type { SignedIn } from '../context';
import { hashToken } from '../crypto';
import { Refusal } from '../errors';
import { record } from '../events';
import * as files from '../files';
import * as folded from '../folded';
import * as memberships from '../memberships';
import { allow } from '../policy';
import { space } from '../schema';
import * as starter from '../threads/starter';
import type { SpaceForm } from './form';

/** @param requestKey of the form: posted twice it makes one space; with other values (after Back), another */
export async function create(
  ctx: SignedIn,
  form: SpaceForm,
  members: { id: string; administrator: boolean }[],
  requestKey: string,
  start: starter.Starter = starter.nothing,
): Promise<number> {
  allow(ctx, 'space.create');
  const { actor } = ctx;
  const others = JSON.stringify(members.filter((m) => m.id !== actor.id));
  // Without scripts each post uploads its cover again, so the cover does not distinguish two posts.
  const words = JSON.stringify([{ ...form, cover: form.cover.replace(/^file:.*/, 'file') }, others, start]);
  const key = `${actor.id}:${requestKey}:${hashToken(words).slice(0, 24)}`;
  const spaceId = sql`(select id from space where request_key = ${key})`;
  const insert = ctx.db
    .insert(space)
    .values({
      ...form,
      folded: folded.name(form.name),
      announcement: start.announcement,
      links: start.links,
      requestKey: key,
      createdBy: actor.id,
      createdAt: ctx.now,
      updatedAt: ctx.now,
    })
    .returning({ id: space.id });
  const made = await ctx.commit(
    [
      access.stillCreatesSpaces(ctx),
      insert,
      ctx.db.run(sql`
        insert into membership (space_id, user_id, administrator, invited_by, joined_at, last_read_at)
        values (${spaceId}, ${actor.id}, 1, null, ${ctx.now}, ${ctx.now})`),
      ctx.db.run(sql`
        insert into membership (space_id, user_id, administrator, invited_by, joined_at, last_read_at)
        select ${spaceId}, user.id, json_extract(value, '$.administrator'), ${actor.id}, ${ctx.now}, ${ctx.now}
        from json_each(${others}) join user on user.id = json_extract(value, '$.id')
        where user.kind = 'user' and user.status = 'active'
        on conflict do nothing`),
      ...memberships.allOrdered(ctx, spaceId),
      ...files.useCover(ctx, form.cover, spaceId),
      ...starter.begin(ctx, spaceId, key, form.severalThreads, start.threads),
      record(ctx, {
        kind: 'space.created',
        spaceId,
        detail: { name: form.name, members: members.length },
      }),
    ],
    {
      refusal: () => access.notCreating(ctx, new Refusal('conflict', { key: 'cover.gone', field: 'cover' })),
      duplicate: 'done',
    },
  );
  if (made.done) return made.of(insert)[0]!.id;
  const [first] = await ctx.db.select({ id: space.id }).from(space).where(eq(space.requestKey, key));
  return first!.id;
}
