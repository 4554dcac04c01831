/** The index has tokens for spaces and authors and columns for guests' names, so a search reads only what is visible. */
import { sql } from 'drizzle-orm';
import * as access from '../access';
import type { SignedIn } from '../context';
import { inOrder, isCurrent } from '../files/current';
import { bodyFor, titleFor } from '../mentions/redaction';
import type { Mention } from '../schema';
import { expression } from './expression';
import { isLoose, says } from './matches';
import type { Term } from './terms';

export const PAGE = 20;

/** Covered by one search: those visited last. */
export const SPACES = 200;

const nothing = '""';

/** Threads and comments have separate ids in order of time: two lists, which `merged` merges. */
export function hitsQuery(
  ctx: SignedIn,
  terms: Term[],
  threads: boolean,
  before: number,
  inSpace?: number,
  limit = PAGE + 1,
) {
  const me = ctx.actor.id;
  const viewer = access.viewerOf(ctx);
  const seesGuests = access.seesGuests(viewer, { space: 's' });
  const all = expression(terms, 'all');
  const whole = ` AND (${all}))`;
  // Guests' names are in separate columns, not searched for viewers who do not see guests.
  const own = `) AND ${access.foundByGuest(ctx.actor, expression(terms, 'open'), all)})`;
  const end = `) ${threads ? 'AND' : 'NOT'} scope : "thread"`;
  // One expression from the viewer's memberships, built in the same query.
  const scoped = sql`coalesce((
    select '(' || iif(count(*) > sum(hidden),
        '(scope : (' || group_concat(iif(hidden, null, '"s' || id || '"'), ' OR ') || ')' || ${whole}, '')
      || iif(sum(hidden) > 0 and count(*) > sum(hidden), ' OR ', '')
      || iif(sum(hidden) > 0, '(scope : (' || group_concat(iif(hidden, '"s' || id || '"', null), ' OR ') || ${own}, '')
      || ${end}
    from (select s.id, not ${seesGuests} as hidden from membership m join space s on s.id = m.space_id
      where m.user_id = ${me} and s.deleted_at is null and ${access.lasting(ctx, 'm')} ${inSpace === undefined ? sql`` : sql`and m.space_id = ${inSpace}`}
      order by m.last_read_at desc limit ${SPACES})
    having count(*) > 0), ${nothing})`;
  // "cross join" keeps this order: the index first, the rest row by row until the page is full.
  return ctx.db
    .select({
      key: sql<number>`e.rowid`.as('key'),
      spaceId: sql<number>`s.id`.as('space_id'),
      spaceName: sql<string>`s.name`.as('space_name'),
      threadId: sql<number>`t.id`.as('thread_id'),
      commentId: sql<number | null>`c.id`.as('comment_id'),
      title: sql<string>`t.title`.as('title'),
      titleMentions: sql<string>`t.mentions`.as('title_mentions'),
      threadAuthorId: sql<string>`t.author_id`.as('thread_author_id'),
      body: sql<string>`iif(e.rowid & 1, c.body, t.body)`.as('body'),
      mentions: sql<string>`iif(e.rowid & 1, c.mentions, t.mentions)`.as('mentions'),
      seesGuests: seesGuests.as('sees_guests'),
      authorId: sql<string>`u.id`.as('author_id'),
      author: sql<string>`u.name`.as('author'),
      guest: sql<number>`u.kind = 'guest'`.as('guest'),
      company: sql<string>`u.company`.as('company'),
      avatar: sql<string | null>`iif(${access.isPresent(sql.raw('s.id'), 'u')}, u.avatar, null)`.as('avatar'),
      forCompany: access.isForCompany('t', 'c').as('for_company'),
      createdAt: sql<number>`iif(e.rowid & 1, c.created_at, t.created_at)`.as('created_at'),
      files: sql<string>`(select json_group_array(json_object('id', f.id, 'name', f.name)) from
        (select file.id, file.name from file where file.thread_id = t.id and file.comment_id is c.id and ${isCurrent()}
          order by ${inOrder()} limit 20) f)`.as('files'),
    })
    .from(
      sql`search_entry e
        left join comment c on c.id = iif(e.rowid & 1, e.rowid / 2, null)
        cross join thread t on t.id = iif(e.rowid & 1, c.thread_id, e.rowid / 2)
        cross join space s on s.id = t.space_id
        cross join membership m on m.space_id = s.id and m.user_id = ${me}
        cross join user u on u.id = iif(e.rowid & 1, c.author_id, t.author_id)
        cross join user b on b.id = t.author_id`,
    )
    .where(
      sql`e.search_entry match ${all ? scoped : nothing} and e.rowid < ${before} and s.deleted_at is null and ${access.lasting(ctx, 'm')}
        and ${access.visibleTo(viewer, { space: 's' }, { text: 't', author: 'b' }, { text: 'c', author: 'u' })}`,
    )
    .orderBy(sql`e.rowid desc`)
    .limit(limit);
}

export type Row = Awaited<ReturnType<typeof hitsQuery>>[number];

export interface Seen extends Omit<Row, 'files'> {
  files: { id: string; name: string }[];
}

/** Null if only a hidden person's name matches, or the words are not together in the text. */
export function seen(ctx: SignedIn, row: Row, terms: Term[]): Seen | null {
  const files = JSON.parse(row.files) as Seen['files'];
  const mentions = JSON.parse(row.mentions) as Mention[];
  const reader = access.readerOf(ctx.actor.id, row.seesGuests);
  const body = bodyFor(reader, { body: row.body, mentions, authorId: row.authorId });
  const title = titleFor(reader, {
    title: row.title,
    mentions: JSON.parse(row.titleMentions) as Mention[],
    authorId: row.threadAuthorId,
  });
  if (body !== row.body || title !== row.title || terms.some(isLoose)) {
    const readable = [row.commentId === null ? title : '', body, ...files.map(({ name }) => name)];
    if (!says(readable.join('\n'), terms)) return null;
  }
  return { ...row, title, body, files };
}
