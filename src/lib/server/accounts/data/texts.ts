import { sql, type SQL } from 'drizzle-orm';
import * as access from '../../access';
import { viewerOf, visibleTo } from '../../access';
import type { SignedIn } from '../../context';
import { titleFor } from '../../mentions/redaction';
import * as paging from '../../paging';
import type { Mention } from '../../schema';
import { all, time } from './pages';

const PAGE = 100;

interface Row {
  threadId: number;
  /** 0: the thread's first text. */
  commentId: number;
  body: string;
  at: number;
  editedAt: number | null;
  forCompany: number;
  spaceId: number;
  spaceName: string | null;
  title: string | null;
  mentions: string;
  authorId: string;
  seesGuests: number;
}

/** Own texts of one table, in the order of threads. */
const own = (ctx: SignedIn, of: 'thread' | 'comment', [thread, comment]: [number, number]): SQL => {
  const ids = of === 'thread' ? sql`id, 0` : sql`thread_id, id`;
  const ahead = of === 'thread' ? sql`id > ${thread}` : sql`(thread_id, id) > (${thread}, ${comment})`;
  return sql`select * from (select ${ids}, body, created_at, edited_at, ${access.isForCompany(of)}
    from ${sql.raw(of)} where author_id = ${ctx.actor.id} and ${ahead} order by 1, 2 limit ${PAGE + 1})`;
};

/**
 * A page of what the actor wrote, by thread. Their words are theirs wherever they are. The name of a space and the title of a thread are
 * others' words: only where the actor still sees them.
 */
async function page(ctx: SignedIn, after: string | null): Promise<paging.Page<Row>> {
  const last = paging.read(after, 'number', 'number') ?? [0, 0];
  const viewer = viewerOf(ctx);
  const inside = sql`(m.user_id is not null and s.deleted_at is null)`;
  const rows = await ctx.db.all<Row>(sql`
    with texts (thread_id, comment_id, body, created_at, edited_at, for_company) as (
      ${own(ctx, 'thread', last)} union all ${own(ctx, 'comment', last)} order by 1, 2 limit ${PAGE + 1})
    select x.thread_id "threadId", x.comment_id "commentId", x.body, x.created_at "at", x.edited_at "editedAt",
      x.for_company "forCompany", t.space_id "spaceId", iif(${inside}, s.name, null) "spaceName",
      iif(t.author_id = ${ctx.actor.id} or (${inside} and ${visibleTo(viewer, { space: 's' }, { text: 't', author: 'u' })}),
        t.title, null) title,
      t.mentions, t.author_id "authorId", ${access.seesGuests(viewer, { space: 's' })} "seesGuests"
    from texts x
      join thread t on t.id = x.thread_id
      join user u on u.id = t.author_id
      join space s on s.id = t.space_id
      left join membership m on m.space_id = s.id and m.user_id = ${ctx.actor.id} and ${access.lasting(ctx, 'm')}
    order by x.thread_id, x.comment_id`);
  return paging.paged(rows, PAGE, (row) => [row.threadId, row.commentId]);
}

interface Text {
  spaceId: number;
  space: string | null;
  threadId: number;
  title: string | null;
  /** Null: it is the first text of the thread. */
  commentId: number | null;
  written: string;
  edited: string | null;
  onlyForCompany: boolean;
  text: string;
}

const textOf = ({ actor }: SignedIn, row: Row): Text => ({
  spaceId: row.spaceId,
  space: row.spaceName,
  threadId: row.threadId,
  title:
    row.title === null
      ? null
      : titleFor(access.readerOf(actor.id, row.seesGuests), {
          title: row.title,
          mentions: JSON.parse(row.mentions) as Mention[],
          authorId: row.authorId,
        }),
  commentId: row.commentId || null,
  written: time(row.at)!,
  edited: time(row.editedAt),
  onlyForCompany: row.forCompany === 1,
  text: row.body,
});

export async function* texts(ctx: SignedIn): AsyncGenerator<Text> {
  for await (const row of all((after) => page(ctx, after))) yield textOf(ctx, row);
}

interface Revision {
  id: number;
  threadId: number;
  commentId: number;
  title: string;
  body: string;
  at: number;
}

/** Earlier versions of these texts, which only their author makes. */
async function revisionsPage(ctx: SignedIn, of: Row[], after: string | null): Promise<paging.Page<Revision>> {
  const [last] = paging.read(after, 'number') ?? [0];
  const keys = JSON.stringify(of.map(({ threadId, commentId }) => [threadId, commentId]));
  const rows = await ctx.db.all<Revision>(sql`
    select r.id, r.thread_id "threadId", coalesce(r.comment_id, 0) "commentId", r.title, r.body, r.replaced_at "at"
    from json_each(${keys}) k
      join revision r on r.thread_id = k.value ->> 0 and r.comment_id is nullif(k.value ->> 1, 0)
    where r.id > ${last} order by r.id limit ${PAGE + 1}`);
  return paging.paged(rows, PAGE, (row) => [row.id]);
}

export async function* versions(ctx: SignedIn) {
  let after: string | null = null;
  do {
    const { rows, next }: paging.Page<Row> = await page(ctx, after);
    for await (const { threadId, commentId, title, body, at } of all((from) =>
      revisionsPage(ctx, rows, from),
    ))
      yield {
        threadId,
        commentId: commentId || null,
        replaced: time(at),
        title: title || null,
        text: body,
      };
    after = next;
  } while (after !== null);
}
