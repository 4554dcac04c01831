/**
 * Who has seen a post: whoever had its thread in front of them, or answered in it, when the post was there. "Mark all as read" is no
 * proof. Users see who it was, guests only that it was somebody of the company.
 */
import { sql, type SQL } from 'drizzle-orm';
import type { Seen } from '../../discussion';
import * as access from '../access';
import type { FoundSpace } from '../access';
import type { SignedIn } from '../context';
import * as paging from '../paging';
import { allow, can } from '../policy';
import { knownSince } from './text';
import { commentQuery, requireRow, threadQuery, type ThreadId } from './visible';

const PEOPLE = 50;
/** Of users and of guests: two by name, thirty others, and the author. Of more, the words say "at least". */
const COUNTED = 33;
/** For guests: one might be the author. */
const ENOUGH = 2;

/** For an insert into `thread_person`, with `seenLater` where the row exists. @param at null: nobody is to notice it */
export const seenUntil = ({ actor }: SignedIn, at: number | null) => ({
  seenAt: at,
  guest: actor.kind === 'guest',
});
export const seenLater = {
  seenAt: sql`coalesce(max(seen_at, excluded.seen_at), seen_at, excluded.seen_at)`,
  guest: sql`excluded.guest`,
};

interface Mark {
  id: string;
  guest: number;
  at: number;
  name: string;
  company: string;
}

/** For the batch of a thread's page: the newest marks, through an index. */
export function seenQueries(ctx: SignedIn, spaceId: number, threadId: ThreadId) {
  const isUser = ctx.actor.kind === 'user';
  const newest = (guest: 0 | 1, also: SQL, howMany: number) =>
    ctx.db.all<Mark>(sql`
      select u.id, tp.guest, tp.seen_at "at", u.name, u.company
      from thread_person tp join user u on u.id = tp.user_id
      where tp.thread_id = ${threadId} and tp.guest = ${guest} and tp.seen_at is not null and ${also}
      order by tp.seen_at desc limit ${howMany + 1}`);
  const others = sql`u.id <> ${ctx.actor.id} and ${access.isPresent(spaceId, 'u')}`;
  return {
    seenByGuests: newest(1, isUser ? others : sql`0`, COUNTED),
    // Somebody of the company has seen it, also if they have left since.
    seenByUsers: newest(0, isUser ? others : sql`1`, isUser ? COUNTED : ENOUGH - 1),
  };
}

type Post = access.Author & {
  audience: access.Audience;
  createdAt: number;
  openedAt: number | null;
};

const hadIt = ({ at, guest }: Mark, post: Post): boolean =>
  at >= knownSince({ actor: { kind: guest === 1 ? 'guest' : 'user' } }, post);

/** @param first of the thread */
export function seenIn(
  ctx: SignedIn,
  found: FoundSpace,
  first: Post,
  { seenByGuests, seenByUsers }: { seenByGuests: Mark[]; seenByUsers: Mark[] },
): (post: Post) => Seen | null {
  const anybody = (post: Post) => (mark: Mark) => mark.id !== post.authorId && hadIt(mark, post);
  if (!can(ctx.actor, 'text.seen-by', found))
    return (post) =>
      seenByUsers.some((mark) => mark.id !== post.authorId && mark.at >= knownSince(ctx, post))
        ? { people: [], others: 0, more: false }
        : null;
  return (post) => {
    const guests = seenByGuests.filter((mark) => access.mayRead(mark.id, found, [first, post]));
    const marks = [...guests, ...seenByUsers].filter(anybody(post));
    if (marks.length === 0) return null;
    const more = [guests, seenByUsers].some((of) => of.length > COUNTED && hadIt(of.at(-1)!, post));
    const named = marks.slice(0, marks.length > 3 ? 2 : 3);
    return {
      people: named.map(({ id, name, company, guest }) => ({
        ...{ id, name, company, guest: guest === 1 },
        card: found.showPeople,
      })),
      others: Math.min(marks.length - named.length, COUNTED - 3),
      more: more || marks.length - named.length > COUNTED - 3,
    };
  };
}

/** All of them, guests first, and who was there last. Whoever comes back while somebody reads on moves to a page before. */
export async function seenBy(
  ctx: SignedIn,
  spaceId: number,
  threadId: ThreadId,
  commentId: number | null,
  after: string | null = null,
) {
  const last = paging.read(after, 'number', 'number', 'text');
  const reader = { id: sql`tp.user_id`, kind: sql`u.kind` };
  const { reach, threads, comments, marks } = await ctx.read({
    reach: access.spaceQuery(ctx, spaceId),
    threads: threadQuery(ctx, spaceId, threadId),
    comments: commentQuery(ctx, spaceId, threadId, commentId ?? 0),
    marks: ctx.db.all<Mark & { avatar: string | null }>(sql`
      select u.id, tp.guest, tp.seen_at "at", u.name, u.company, u.avatar
      from thread_person tp
      join user u on u.id = tp.user_id
      join thread t on t.id = tp.thread_id
      join user ta on ta.id = t.author_id
      left join comment c on c.id = ${commentId}
      left join user ca on ca.id = c.author_id
      where tp.thread_id = ${threadId} and tp.seen_at is not null
        and tp.seen_at >= iif(c.id is null, iif(tp.guest, coalesce(t.opened_at, t.created_at), t.created_at),
          iif(tp.guest, coalesce(c.opened_at, c.created_at), c.created_at))
        and u.id not in (coalesce(c.author_id, t.author_id), ${ctx.actor.id})
        and ${access.isPresent(spaceId, 'u')}
        and ${access.visibleTo(reader, { spaceId }, { text: 't', author: 'ta' }, { text: 'c', author: 'ca' })}
        and ${last ? sql`(tp.guest, tp.seen_at, tp.user_id) < (${last[0]}, ${last[1]}, ${last[2]})` : sql`1`}
      order by tp.guest desc, tp.seen_at desc, tp.user_id desc limit ${PEOPLE + 1}`),
  });
  const found = access.foundSpace(ctx, reach);
  allow(ctx, 'text.seen-by', found);
  requireRow(threads);
  if (commentId !== null) requireRow(comments);
  const { rows, next } = paging.paged(marks, PEOPLE, (mark) => [mark.guest, mark.at, mark.id]);
  return {
    rows: rows.map(({ id, name, company, avatar, guest }) => ({
      ...{ id, name, company, avatar, guest: guest === 1 },
      card: found.showPeople,
    })),
    next,
  };
}
