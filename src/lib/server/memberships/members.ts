import { and, asc, desc, eq, lt, ne, sql } from 'drizzle-orm';
import type { MessageKey } from '../../messages';
import * as access from '../access';
import * as audit from '../audit';
import { changed, must, type Batch, type SignedIn, type Statement } from '../context';
import { Refusal } from '../errors';
import { record } from '../events';
import * as folded from '../folded';
import * as outbox from '../mail/outbox';
import * as paging from '../paging';
import { allow } from '../policy';
import * as sponsors from '../sponsors';
import { membership, user } from '../schema';
import { afterKey, counted, inOrder, ordered } from './order';

const MEMBERS = 100;
const FOUND = 20;

export async function members(
  ctx: SignedIn,
  spaceId: number,
  filter: { find?: string; after?: string } = {},
) {
  const find = (filter.find ?? '').trim().slice(0, 200);
  const last = paging.read(filter.after, 'number', 'text', 'text');
  const rows = await ctx.read({
    space: access.spaceQuery(ctx, spaceId),
    members: ctx.db
      .select({
        id: user.id,
        name: user.name,
        email: user.email,
        administrator: membership.administrator,
        nameKey: membership.nameKey,
        avatar: user.avatar,
        status: user.status,
      })
      .from(membership)
      .innerJoin(user, eq(user.id, membership.userId))
      .where(and(eq(membership.spaceId, spaceId), lt(membership.rank, 2), last ? afterKey(last) : undefined))
      .orderBy(...inOrder)
      .limit(MEMBERS + 1),
    another: ctx.db
      .select({ there: sql<number>`${access.hasActiveAdministrator(spaceId, ctx.actor.id)}`.as('there') })
      .from(sql`(select 1)`),
    found: ctx.db
      .select({ id: user.id, name: user.name, email: user.email })
      .from(user)
      .where(
        and(
          eq(user.kind, 'user'),
          eq(user.status, 'active'),
          folded.isPerson(find) ?? sql`0`,
          sql`not exists (select 1 from membership m where m.space_id = ${spaceId} and m.user_id = ${user.id})`,
        ),
      )
      // Whoever has exactly this address, then by address.
      .orderBy(desc(eq(user.email, find)), asc(user.email))
      .limit(FOUND + 1),
  });
  allow(ctx, 'space.administer', access.foundSpace(ctx, rows.space));
  const page = paging.paged(rows.members, MEMBERS, (p) => [p.administrator ? 0 : 1, p.nameKey, p.id]);
  return {
    members: page.rows.map(({ nameKey: _, ...member }) => ({
      ...member,
      /** The only active administrator, who can neither go nor step down. Whoever reads this is one. */
      needed: member.id === ctx.actor.id && rows.another[0]?.there !== 1,
    })),
    next: page.next,
    find,
    found: rows.found.slice(0, FOUND),
    more: rows.found.length > FOUND,
  };
}

export async function addMember(
  ctx: SignedIn,
  spaceId: number,
  userId: string,
  administrator: boolean,
): Promise<void> {
  await access.requireAdministrator(ctx, spaceId);
  await ctx.commit(
    [
      access.stillAdministers(ctx, spaceId),
      ctx.db.run(sql`
        insert into membership (space_id, user_id, administrator, invited_by, joined_at, last_read_at)
        select ${spaceId}, id, ${administrator ? 1 : 0}, ${ctx.actor.id}, ${ctx.now}, 0
        from user where id = ${userId} and kind = 'user' and status = 'active'
        on conflict do nothing`),
      must(ctx, changed()),
      ordered(ctx, sql`space_id = ${spaceId} and user_id = ${userId}`),
      counted(ctx, sql`${spaceId}`),
      record(ctx, {
        kind: 'space.member-added',
        subject: `user:${userId}`,
        spaceId,
        detail: { administrator },
      }),
    ],
    { refusal: refusalOf(ctx, spaceId, 'members.not-added', userId, { administrator }) },
  );
}

const anotherAdministrator = (spaceId: number, userId: string) =>
  access.hasActiveAdministrator(spaceId, userId);

export async function setAdministrator(
  ctx: SignedIn,
  spaceId: number,
  userId: string,
  to: boolean,
): Promise<void> {
  await access.requireAdministrator(ctx, spaceId);
  await commitUnlessLast(ctx, spaceId, userId, { administrator: to }, [
    access.stillAdministers(ctx, spaceId, to ? {} : { archived: true }),
    ctx.db
      .update(membership)
      .set({ administrator: to })
      .where(
        and(
          eq(membership.spaceId, spaceId),
          eq(membership.userId, userId),
          ne(membership.administrator, to),
          sql`exists (select 1 from user where id = ${userId} and kind = 'user')`,
          to ? undefined : anotherAdministrator(spaceId, userId),
        ),
      ),
    must(ctx, changed()),
    ordered(ctx, sql`space_id = ${spaceId} and user_id = ${userId}`),
    record(ctx, {
      kind: 'space.member-changed',
      subject: `user:${userId}`,
      spaceId,
      detail: { administrator: to },
    }),
  ]);
}

/** Unless that would leave the space without an administrator. */
const end = (ctx: SignedIn, spaceId: number, userId: string): Statement[] => [
  ctx.db
    .delete(membership)
    .where(
      and(
        eq(membership.spaceId, spaceId),
        eq(membership.userId, userId),
        sql`(administrator = 0 or ${anotherAdministrator(spaceId, userId)})`,
      ),
    ),
  must(ctx, changed()),
  counted(ctx, sql`${spaceId}`),
];

type Wanted = { administrator: boolean } | null;

async function commitUnlessLast(
  ctx: SignedIn,
  spaceId: number,
  userId: string,
  wanted: Wanted,
  statements: Batch,
): Promise<void> {
  await ctx.commit(statements, {
    refusal: refusalOf(ctx, spaceId, 'members.last-administrator', userId, wanted),
  });
}

/** Still a member, but no administrator any more. */
export async function hasDemotedThemselves(ctx: SignedIn, spaceId: number): Promise<boolean> {
  const { spaceRole } = await access.requireSpace(ctx, spaceId);
  return (
    spaceRole === 'member' &&
    (await audit.hasDone(ctx, spaceId, 'space.member-changed', `user:${ctx.actor.id}`))
  );
}

/** The actor's own membership, in either way. Whoever has come back since is in the space. */
export async function hasEnded(ctx: SignedIn, spaceId: number): Promise<boolean> {
  const own = and(eq(membership.spaceId, spaceId), eq(membership.userId, ctx.actor.id));
  if ((await ctx.db.$count(membership, own)) > 0) return false;
  return (await hasLeft(ctx, spaceId)) || hasRemovedThemselves(ctx, spaceId);
}

/** The actor has just lost the space or the right, or it is as wanted already; otherwise the given sentence. */
const refusalOf =
  (ctx: SignedIn, spaceId: number, key: MessageKey, userId: string, wanted: Wanted) => async () => {
    if (userId === ctx.actor.id && !wanted && (await hasEnded(ctx, spaceId))) return null;
    await access.requireAdministrator(ctx, spaceId);
    const [now] = await ctx.db
      .select({ administrator: membership.administrator, kind: user.kind })
      .from(membership)
      .innerJoin(user, eq(user.id, membership.userId))
      .where(and(eq(membership.spaceId, spaceId), eq(membership.userId, userId)));
    const isDone = wanted ? now?.kind === 'user' && now.administrator === wanted.administrator : !now;
    return isDone ? null : new Refusal('conflict', { key });
  };

export async function removeMember(ctx: SignedIn, spaceId: number, userId: string): Promise<void> {
  await access.requireAdministrator(ctx, spaceId);
  const [person] = await ctx.db.select({ name: user.name }).from(user).where(eq(user.id, userId));
  await commitUnlessLast(ctx, spaceId, userId, null, [
    access.stillAdministers(ctx, spaceId, { archived: true }),
    ...end(ctx, spaceId, userId),
    outbox.dropOfRemoved(ctx, spaceId, userId),
    ...(await sponsors.lost(ctx, { id: userId, name: person?.name ?? '' }, spaceId)),
    record(ctx, { kind: 'space.member-removed', subject: `user:${userId}`, spaceId }),
  ]);
}

/** The actor's own membership, which the same actor has just ended. */
export const hasLeft = (ctx: SignedIn, spaceId: number): Promise<boolean> =>
  audit.hasDone(ctx, spaceId, 'space.left', `user:${ctx.actor.id}`);
export const hasRemovedThemselves = (ctx: SignedIn, spaceId: number): Promise<boolean> =>
  audit.hasDone(ctx, spaceId, 'space.member-removed', `user:${ctx.actor.id}`);

export async function leave(ctx: SignedIn, spaceId: number): Promise<void> {
  const found = await access.requireSpace(ctx, spaceId);
  if (!access.mayLeave(ctx, found)) throw new Refusal('forbidden');
  const { id, kind } = ctx.actor;
  await commitUnlessLast(ctx, spaceId, id, null, [
    // Before the end: it still reads who invited them.
    record(ctx, {
      kind: 'space.left',
      subject: `user:${id}`,
      spaceId,
      left: kind === 'guest' ? { id, kind } : null,
    }),
    ...end(ctx, spaceId, id),
    outbox.dropOfRemoved(ctx, spaceId, id),
    ...(kind === 'user' ? await sponsors.lost(ctx, ctx.actor, spaceId) : []),
  ]);
}
