/** Making visible to guests what was only for the company: first a list of it, then exactly that, or nothing. */
import { and, asc, eq, gt, isNull, sql, type SQL } from 'drizzle-orm';
import { fileLimits } from '../../files';
import type { Person } from '../../people';
import * as access from '../access';
import { changed, must, type SignedIn, type Statement } from '../context';
import { Refusal } from '../errors';
import { record } from '../events';
import * as files from '../files';
import { isCurrent } from '../files/current';
import { inOrder } from '../memberships/order';
import * as paging from '../paging';
import { refused } from '../policy';
import { comment, file, membership, thread, user } from '../schema';
import { mayOf } from './may';
import { present, textColumns } from './text';
import { commentQuery, requireRow, threadQuery } from './visible';

const PAGE = 30;
/** As many guests are named; of more, the page says how many, and of which companies. */
const NAMED = 5;

/** SQL: changes whenever a text or a file comes, goes or is edited, and once it is open. */
const contents = (threadId: number, commentId: number | null): SQL<string> => {
  const [texts, attached] =
    commentId === null
      ? [
          sql`select id, audience, edited_at from thread where id = ${threadId}
              union all select id, audience, edited_at from comment where thread_id = ${threadId}`,
          sql`f.thread_id = ${threadId}`,
        ]
      : [
          sql`select id, audience, edited_at from comment where id = ${commentId} and thread_id = ${threadId}`,
          sql`f.comment_id = ${commentId}`,
        ];
  return sql<string>`(
    select count(*) || '-' || count(audience) || '-' || coalesce(max(id), 0) || '-' || coalesce(sum(edited_at), 0) || '-' ||
      (select count(*) || '-' || coalesce(sum(f.attached_at), 0) from file f where ${attached} and ${isCurrent('f')})
    from (${texts}))`;
};

type Listed = ReturnType<typeof present> & { files: string[] };

interface Opening {
  /** The thread with its comments. */
  whole: boolean;
  comments: number;
  files: number;
  reacted: boolean;
  edited: boolean;
  /** Who would see it; empty if there are many. */
  guests: Person[];
  /** For `open`: what this list is of. */
  seen: string;
  first: Listed | null;
  rest: Listed[];
  next: string | null;
}

async function reach(ctx: SignedIn, spaceId: number, threadId: number, commentId: number | null) {
  const rows = await ctx.read({
    space: access.spaceQuery(ctx, spaceId),
    thread: threadQuery(ctx, spaceId, threadId),
    comment: commentQuery(ctx, spaceId, threadId, commentId ?? 0),
  });
  const found = access.foundSpace(ctx, rows.space);
  const first = requireRow(rows.thread);
  const said = commentId === null ? null : requireRow(rows.comment);
  return { found, first, said, row: said ?? first, may: mayOf(ctx, found, first, said) };
}

/** What guests would see then: all texts with authors and files, a page at a time. Null if there is nothing to open, or no right to. */
export async function opening(
  ctx: SignedIn,
  spaceId: number,
  threadId: number,
  commentId: number | null,
  after: string | null = null,
): Promise<Opening | null> {
  const { found, first, said, row, may } = await reach(ctx, spaceId, threadId, commentId);
  if (!may.open) return null;
  const last = paging.read(after, 'number', 'text');
  const whole = commentId === null;
  const { comments, attached, guests, sums } = await ctx.read({
    comments: ctx.db
      .select(textColumns.comment)
      .from(comment)
      .innerJoin(user, eq(user.id, comment.authorId))
      .where(and(eq(comment.threadId, whole ? threadId : 0), last ? gt(comment.id, last[0]) : undefined))
      .orderBy(asc(comment.id))
      .limit(PAGE + 1),
    attached: ctx.db
      .select({ commentId: file.commentId, name: file.name })
      .from(file)
      .where(
        and(
          whole ? eq(file.threadId, threadId) : eq(file.commentId, commentId),
          isCurrent(),
          whole
            ? sql`(${file.commentId} is null or ${file.commentId} in (select id from comment
                where thread_id = ${threadId} ${last ? sql`and id > ${last[0]}` : sql``} order by id limit ${PAGE}))`
            : undefined,
        ),
      )
      .orderBy(asc(file.createdAt), asc(file.id))
      .limit((PAGE + 1) * fileLimits.count),
    guests: ctx.db
      .select({ name: user.name, company: user.company })
      .from(membership)
      .innerJoin(user, and(eq(user.id, membership.userId), eq(user.status, 'active')))
      .where(and(eq(membership.spaceId, spaceId), eq(membership.rank, 2)))
      .orderBy(...inOrder)
      .limit(NAMED + 1),
    sums: ctx.db
      .select({
        contents: contents(threadId, commentId).as('contents'),
        comments: sql<number>`(select count(*) from comment where thread_id = ${whole ? threadId : 0})`.as(
          'comments',
        ),
        files:
          sql<number>`(select count(*) from file f where ${isCurrent('f')} and ${whole ? sql`f.thread_id = ${threadId}` : sql`f.comment_id = ${commentId}`})`.as(
            'files',
          ),
        reacted: sql<number>`exists (select 1 from reaction r where r.thread_id = ${threadId} ${
          whole ? sql`` : sql`and r.comment_id = ${commentId}`
        })`.as('reacted'),
        edited: sql<number>`exists (select 1 from revision r where r.thread_id = ${threadId} ${
          whole ? sql`` : sql`and r.comment_id = ${commentId}`
        })`.as('edited'),
      })
      .from(sql`(select 1)`),
  });
  const { contents: now, reacted, edited, ...counts } = sums[0]!;
  // What was read on earlier pages has changed: from the beginning again.
  if (last && last[1] !== now) return opening(ctx, spaceId, threadId, commentId);
  const { rows, next } = paging.paged(comments, PAGE, (one) => [one.id, now]);
  const filesOf = (id: number | null) =>
    attached.filter((one) => one.commentId === id).map(({ name }) => name);
  const listed = (one: typeof row, id: number | null) => ({
    ...present(ctx, found, one, mayOf(ctx, found, first, id === null ? null : one)),
    files: filesOf(id),
  });
  return {
    ...counts,
    reacted: reacted === 1,
    edited: edited === 1,
    guests: guests.length > NAMED ? [] : guests.map((one) => ({ ...one, guest: true })),
    seen: now,
    whole,
    first: last ? null : listed(row, said?.id ?? null),
    rest: rows.map((one) => listed(one, one.id)),
    next,
  };
}

/** @param seen from the list: if something came or went since, nothing is opened */
export async function open(
  ctx: SignedIn,
  spaceId: number,
  threadId: number,
  commentId: number | null,
  seen: string,
): Promise<void> {
  const { found, first, said, row, may } = await reach(ctx, spaceId, threadId, commentId);
  if (row.audience === null) return;
  if (!may.open) throw refused(found);
  const opened = { audience: null, openedAt: ctx.now };
  const about = {
    spaceId,
    threadId,
    authors: said ? [first, said] : [first],
    notify: { mentioned: [], onlyGuests: { of: row.authorId } },
  };
  await ctx.commit(
    [
      may.own ? access.stillMember(ctx, spaceId) : access.stillAdministers(ctx, spaceId),
      must(ctx, sql`${contents(threadId, commentId)} = ${seen}`),
      commentId === null
        ? openThread(ctx, threadId, opened)
        : [
            ctx.db.update(comment).set(opened).where(eq(comment.id, commentId)),
            must(ctx, changed()),
            files.open(ctx, { commentId }),
            ctx.db
              .update(thread)
              .set(access.openedChanges(row, ctx.now))
              .where(and(eq(thread.id, threadId), isNull(thread.audience))),
            must(ctx, changed()),
          ],
      record(
        ctx,
        commentId === null
          ? { kind: 'space.thread-opened', ...about, detail: { title: first.title, seen } }
          : { kind: 'space.comment-opened', ...about, commentId, detail: { comment: commentId } },
      ),
    ],
    {
      refusal: async () => {
        const now = await reach(ctx, spaceId, threadId, commentId);
        // Somebody else has just opened it.
        return now.row.audience === null ? null : new Refusal('conflict', { key: 'opening.changed' });
      },
    },
  );
}

/** All its texts are by users. */
const openThread = (
  ctx: SignedIn,
  threadId: number,
  opened: { audience: null; openedAt: number },
): Statement[] => [
  ctx.db.update(comment).set(opened).where(eq(comment.threadId, threadId)),
  ctx.db
    .update(thread)
    .set({
      ...opened,
      publicCommentCount: sql`comment_count`,
      staffCommentCount: sql`comment_count`,
      publicActivityAt: ctx.now,
      staffActivityAt: ctx.now,
    })
    .where(eq(thread.id, threadId)),
  must(ctx, changed()),
  files.open(ctx, { threadId }),
];
