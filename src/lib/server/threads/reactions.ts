import { and, asc, eq, sql } from 'drizzle-orm';
import { REACTIONS } from '../../reactions';
import * as access from '../access';
import { changed, must, type SignedIn } from '../context';
import { Refusal } from '../errors';
import { record } from '../events';
import * as limits from '../limits';
import * as paging from '../paging';
import { reaction, user } from '../schema';
import { commentQuery, requireRow, threadQuery, type ThreadId } from './visible';

const PEOPLE = 50;

/** By time, only people whom the viewer may see. */
export async function reacted(
  ctx: SignedIn,
  spaceId: number,
  threadId: ThreadId,
  commentId: number | null,
  after: string | null = null,
) {
  const last = paging.read(after, 'number', 'text', 'text');
  const { reach, threads, comments, reactions } = await ctx.read({
    reach: access.spaceQuery(ctx, spaceId),
    threads: threadQuery(ctx, spaceId, threadId),
    comments: commentQuery(ctx, spaceId, threadId, commentId ?? 0),
    reactions: ctx.db
      .select({
        id: user.id,
        name: user.name,
        company: user.company,
        avatar: user.avatar,
        present: access.isPresent(spaceId).as('present'),
        personKind: sql<'user' | 'guest'>`${user.kind}`.as('person_kind'),
        kind: reaction.kind,
        at: reaction.at,
      })
      .from(reaction)
      .innerJoin(user, eq(user.id, reaction.userId))
      .where(
        and(
          eq(reaction.threadId, threadId),
          eq(reaction.commentId, commentId ?? 0),
          access.visibleTo(access.viewerOf(ctx), { spaceId }, access.person('user')),
          last
            ? sql`(${reaction.at}, ${user.id}, ${reaction.kind}) > (${last[0]}, ${last[1]}, ${last[2]})`
            : undefined,
        ),
      )
      .orderBy(asc(reaction.at), asc(user.id), asc(reaction.kind))
      .limit(PEOPLE + 1),
  });
  const { showPeople } = access.foundSpace(ctx, reach);
  requireRow(threads);
  if (commentId !== null) requireRow(comments);
  const { rows, next } = paging.paged(reactions, PEOPLE, (r) => [r.at, r.id, r.kind]);
  return {
    rows: rows.map(({ personKind, present, avatar, ...row }) => ({
      ...row,
      guest: personKind === 'guest',
      avatar: present === 1 ? avatar : null,
      card: present === 1 && showPeople,
    })),
    next,
  };
}

export async function react(
  ctx: SignedIn,
  spaceId: number,
  threadId: number,
  commentId: number | null,
  kind: string,
  on: boolean,
): Promise<void> {
  const word = reactionOf(kind);
  const authors = await reachText(ctx, spaceId, threadId, commentId);
  const key = { threadId, commentId: commentId ?? 0, userId: ctx.actor.id, kind: word };
  const counts = { reaction: 1 };
  await ctx.commit(
    [
      access.stillMember(ctx, spaceId),
      on
        ? ctx.db.run(sql`
          insert into reaction (space_id, thread_id, comment_id, user_id, kind, at)
          select ${spaceId}, ${threadId}, ${key.commentId}, ${key.userId}, ${word}, ${ctx.now}
          where ${key.commentId} = 0 or exists (select 1 from comment where id = ${key.commentId})
          on conflict do nothing`)
        : ctx.db
            .delete(reaction)
            .where(
              and(
                eq(reaction.threadId, key.threadId),
                eq(reaction.commentId, key.commentId),
                eq(reaction.userId, key.userId),
                eq(reaction.kind, word),
              ),
            ),
      must(ctx, changed()),
      record(ctx, {
        kind: 'space.reaction-changed',
        spaceId,
        threadId,
        commentId,
        authors,
      }),
      ...limits.count(ctx, counts),
    ],
    {
      refusal: async () => {
        await reachText(ctx, spaceId, threadId, commentId);
        // Unless it was one too many, the reaction is already as it should be.
        return limits.exceeded(ctx, counts);
      },
    },
  );
}

/** Finds a thread, or a comment in it; else 404. @returns their authors */
async function reachText(ctx: SignedIn, spaceId: number, threadId: number, commentId: number | null) {
  const { rows, threads, comments } = await ctx.read({
    rows: access.spaceQuery(ctx, spaceId),
    threads: threadQuery(ctx, spaceId, threadId),
    comments: commentQuery(ctx, spaceId, threadId, commentId ?? 0),
  });
  access.foundSpace(ctx, rows);
  requireRow(threads);
  if (commentId !== null) requireRow(comments);
  return [...threads, ...comments];
}

function reactionOf(kind: string): string {
  const found = REACTIONS.find((known) => known.kind === kind);
  if (!found) throw new Refusal('invalid', { key: 'form.invalid' });
  return found.kind;
}
