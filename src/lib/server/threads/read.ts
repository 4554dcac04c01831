import { and, asc, desc, eq, inArray, sql, type SQL } from 'drizzle-orm';
import type { Person } from '../../people';
import { REACTIONS } from '../../reactions';
import * as access from '../access';
import { shared, sharedQuery, viewerOf, visibleTo } from '../access';
import * as changes from '../changes';
import type { SignedIn } from '../context';
import { compiled } from '../context/compiled';
import * as files from '../files';
import { titleFor } from '../mentions/redaction';
import * as notifications from '../notifications';
import { can } from '../policy';
import { comment, membership, reaction, threadPerson, user } from '../schema';
import { mayOf } from './may';
import { seenIn, seenQueries } from './seen';
import { knownSince, present, textColumns } from './text';
import { onlyThread, required, threadQuery, type ThreadId } from './visible';

const PAGE = 50;
/** Comments shown above the one that a link leads to. */
const CONTEXT = 5;
/** The rest is a number with its own page. */
const NAMES = 20;

export type Window = { newest: true } | { before: number } | { after: number } | { around: number };

type WindowKind = 'newest' | 'before' | 'after' | 'around';

/** The kind shapes the query; the comment's number is only a place in it. */
function placed(window: Window): { kind: WindowKind; at: number } {
  const [[kind, at]] = Object.entries(window) as [[WindowKind, number | true]];
  return { kind, at: Number(at) };
}

/** A subquery. One more than a page shows that there are more. */
function idsOf(ctx: SignedIn, spaceId: number, threadId: ThreadId, kind: WindowKind, at: number): SQL {
  const rows = (condition: SQL, order: SQL) => sql`(select c.id from comment c
    join user u on u.id = c.author_id
    where c.thread_id = ${threadId} and ${visibleTo(viewerOf(ctx), { spaceId }, { text: 'c', author: 'u' })} and ${condition}
    order by c.id ${order} limit ${PAGE + 1})`;
  switch (kind) {
    case 'before':
      return rows(sql`c.id < ${at}`, sql`desc`);
    case 'after':
      return rows(sql`c.id > ${at}`, sql`asc`);
    case 'around':
      return rows(
        sql`c.id >= coalesce((select min(id) from (select before.id from comment before join user u on u.id = before.author_id
        where before.thread_id = ${threadId} and before.id < ${at}
          and ${visibleTo(viewerOf(ctx), { spaceId }, { text: 'before', author: 'u' })}
        order by before.id desc limit ${CONTEXT})), ${at})`,
        sql`asc`,
      );
    default:
      return rows(sql`1`, sql`desc`);
  }
}

export const read = async (
  ctx: SignedIn,
  spaceId: number,
  threadId: number,
  window: Window = { newest: true },
) => required(await find(ctx, spaceId, threadId, window));

const reads = compiled(
  (
    ctx,
    { spaceId, threadId: id, at }: { spaceId: number; threadId: number; at: number },
    { only, kind }: { only: boolean; kind: WindowKind },
  ) => {
    const me = ctx.actor.id;
    const threadId = only ? onlyThread(spaceId) : id;
    const ids = idsOf(ctx, spaceId, threadId, kind, at);
    return {
      reach: access.spaceQuery(ctx, spaceId),
      threads: threadQuery(ctx, spaceId, threadId),
      comments: ctx.db
        .select(textColumns.comment)
        .from(comment)
        .innerJoin(user, eq(user.id, comment.authorId))
        .where(inArray(comment.id, ids))
        .orderBy(kind === 'before' || kind === 'newest' ? desc(comment.id) : asc(comment.id)),
      reactions: ctx.db
        .select({
          commentId: reaction.commentId,
          kind: reaction.kind,
          count: sql<number>`count(*)`,
          own: sql<number>`max(${reaction.userId} = ${me})`,
          people: sql<string>`json_group_array(json_object('name', ${user.name}, 'company', ${user.company},
            'guest', json(iif(${user.kind} = 'guest', 'true', 'false'))) order by ${reaction.at})`,
        })
        .from(reaction)
        .innerJoin(user, eq(user.id, reaction.userId))
        .where(
          and(
            eq(reaction.threadId, threadId),
            sql`${reaction.commentId} in (select 0 union all select id from ${ids})`,
            visibleTo(viewerOf(ctx), { spaceId }, access.person('user')),
          ),
        )
        .groupBy(reaction.commentId, reaction.kind),
      firstFiles: files.ofThreadQuery(ctx, threadId),
      commentFiles: files.ofCommentsQuery(ctx, sql`select id from ${ids}`),
      person: ctx.db
        .select()
        .from(threadPerson)
        .where(and(eq(threadPerson.threadId, threadId), eq(threadPerson.userId, me))),
      member: ctx.db
        .select({ readAt: membership.lastReadAt })
        .from(membership)
        .where(and(eq(membership.spaceId, spaceId), eq(membership.userId, me))),
      guests: sharedQuery(ctx, spaceId),
      newest: changes.newestQuery(ctx, spaceId),
      ...seenQueries(ctx, spaceId, threadId),
      ...notifications.toldQueries(ctx, spaceId, threadId, ids),
    };
  },
);

/** Everything is read, and nothing chosen. */
const nothingOfTheirs = { readAt: Infinity, seenAt: Infinity, following: null };

/** @param id `only`: the one thread of a space without several. @returns null if there is no such thread */
export async function find(ctx: SignedIn, spaceId: number, id: number | 'only', window: Window) {
  const me = ctx.actor.id;
  const { kind, at } = placed(window);
  const only = id === 'only';
  const {
    reach,
    threads,
    comments,
    reactions,
    firstFiles,
    commentFiles,
    person,
    member,
    guests,
    newest,
    seenByGuests,
    seenByUsers,
    ...told
  } = await ctx.read(reads(ctx, { spaceId, threadId: only ? 0 : id, at }, { only, kind }));
  const found = access.foundSpace(ctx, reach);
  const [first] = threads;
  if (!first) return null;
  const downward = kind === 'before' || kind === 'newest';
  const more = comments.length > PAGE;
  const page = comments.slice(0, PAGE);
  if (downward) page.reverse();
  const belonging = (id: number | null) => ({
    files: id === null ? firstFiles : commentFiles.filter((file) => file.commentId === id),
    reactions: REACTIONS.flatMap(({ kind }) => {
      const row = reactions.find((r) => r.commentId === (id ?? 0) && r.kind === kind);
      if (!row) return [];
      const people = (JSON.parse(row.people) as Person[]).slice(0, NAMES);
      return [{ kind, count: row.count, own: row.own === 1, people, more: row.count - people.length }];
    }),
  });
  // Whoever only looks as a guest does learns neither what that guest has read nor what they follow.
  const own = ctx.actor.viewedBy === undefined ? person[0] : nothingOfTheirs;
  const readAt = Math.max(own?.readAt ?? 0, member[0]?.readAt ?? 0);
  const may = mayOf(ctx, found, first);
  const seen = seenIn(ctx, found, first, { seenByGuests, seenByUsers });
  const activity = access.activityFor(ctx.actor, found.reader, first);
  return {
    space: { id: found.id, name: found.name, severalThreads: found.severalThreads },
    ...shared(guests),
    thread: {
      ...present(ctx, found, first, may),
      ...belonging(null),
      seen: seen(first),
      title: titleFor(found.reader, first),
      pinned: first.pinnedAt !== null,
      closed: first.closedAt !== null,
      following: found.blockFollowing || (own?.following ?? ctx.actor.kind === 'guest'),
    },
    may: {
      write: can(ctx.actor, 'space.write', found),
      pin: may.pin,
      close: may.close,
      follow: may.follow,
      delete: may.delete,
      confide: can(ctx.actor, 'text.confide', found),
    },
    told: notifications.toldOf(ctx, found, first.id, told),
    toldCompany: notifications.toldInCompanyOf(ctx, found, told),
    muted: found.muted,
    comments: page.map((row) => ({
      ...present(ctx, found, row, mayOf(ctx, found, first, row)),
      ...belonging(row.id),
      seen: seen(row),
      unread: knownSince(ctx, row) > readAt && row.authorId !== me,
    })),
    earlier: (downward ? more : page.length > 0) ? (page[0]?.id ?? null) : null,
    later: kind === 'newest' ? null : (downward ? page.length > 0 : more) ? (page.at(-1)?.id ?? null) : null,
    seq: changes.newestPlace(ctx, newest),
    until: ctx.now,
    unread: activity > readAt,
    unseen: activity > (own?.seenAt ?? 0),
  };
}
