/**
 * Search in threads and comments: in one space, or in all of the viewer's spaces.
 *
 * Spaces and authors are tokens in the index, and mentions of guests have their own columns, so a search reads only what the
 * viewer may see and costs the same however much else there is. Hits are checked again against membership, trash, hidden
 * guests and, where the index knows less than the text, against the text. A page contains only hits that the viewer may
 * see, and there is a next page only if another one follows, so nothing reveals hidden hits.
 */
import { and, eq, isNull, sql } from 'drizzle-orm';
import * as access from '../access';
import type { Ctx } from '../context';
import * as markdown from '../markdown';
import { bodyFor, titleFor } from '../mentions/redaction';
import { membership, space, type Mention } from '../schema';
import * as entries from './entries';
import { expression, isLoose, placesOf, says, termsOf, type Sought, type Term } from './terms';
import type { Hit, Piece } from '../../search';

/** Hits per page. */
const PAGE = 20;
/** Rows that are read at a time after some of the first were not for the viewer, and how often. */
const MORE = { rows: 100, rounds: 10 };
/** Spaces that one search covers: those that the viewer visited last. */
const SPACES = 200;
/** Characters of a hit's text that are shown. */
const EXCERPT = 240;

export interface Found {
  typed: string;
  hits: Hit[];
  /** The key of the next page. */
  next: string | null;
  /** More was typed than was searched for. */
  cut: boolean;
  /** The index is being rebuilt: older texts may not be found yet. */
  incomplete: boolean;
  /** The viewer is in more spaces than one search covers: only this many, visited last, were searched. */
  onlySpaces: number | null;
}

const last = Number.MAX_SAFE_INTEGER;

/** The FTS5 expression that finds nothing. */
const nothing = '""';

/**
 * The hits of one kind, newest first, for a batch. Threads and comments have separate ids, each in the order of time, so
 * there are two lists by key, which `merged` merges by time.
 * @param inSpace only of this space
 */
function hitsQuery(
  ctx: Ctx,
  terms: Term[],
  threads: boolean,
  before: number,
  inSpace?: number,
  limit = PAGE + 1,
) {
  const me = ctx.actor?.id ?? '';
  const viewer = access.viewerOf(ctx);
  const hides = access.hidesGuests(viewer, { space: 's' });
  const all = expression(terms, 'all');
  const whole = ` AND (${all}))`;
  // Names of guests are in separate columns, which viewers who do not see guests do not search.
  const own = `) AND scope : ("company" OR "u${me}") AND ((${expression(terms, 'open')}) OR (scope : "f${me}" AND ${all})))`;
  const end = `) ${threads ? 'AND' : 'NOT'} scope : "thread"`;
  // One expression from the viewer's memberships, built in the same query.
  const scoped = sql`coalesce((
    select '(' || iif(count(*) > sum(hidden),
        '(scope : (' || group_concat(iif(hidden, null, '"s' || id || '"'), ' OR ') || ')' || ${whole}, '')
      || iif(sum(hidden) > 0 and count(*) > sum(hidden), ' OR ', '')
      || iif(sum(hidden) > 0, '(scope : (' || group_concat(iif(hidden, '"s' || id || '"', null), ' OR ') || ${own}, '')
      || ${end}
    from (select s.id, ${hides} as hidden from membership m join space s on s.id = m.space_id
      where m.user_id = ${me} and s.deleted_at is null ${inSpace === undefined ? sql`` : sql`and m.space_id = ${inSpace}`}
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
      /** Other guests are hidden from the viewer here. */
      hidden: sql<number>`${hides}`.as('hidden'),
      authorId: sql<string>`u.id`.as('author_id'),
      author: sql<string>`u.name`.as('author'),
      guest: sql<number>`u.kind = 'guest'`.as('guest'),
      company: sql<string>`u.company`.as('company'),
      createdAt: sql<number>`iif(e.rowid & 1, c.created_at, t.created_at)`.as('created_at'),
      files: sql<string>`(select json_group_array(json_object('id', f.id, 'name', f.name)) from
        (select id, name from file where thread_id = t.id and comment_id is c.id and kind = 'attachment'
          and attached_at is not null and released_at is null order by created_at, id limit 20) f)`.as(
        'files',
      ),
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
      sql`e.search_entry match ${all ? scoped : nothing} and e.rowid < ${before} and s.deleted_at is null
        and ${access.visibleTo(viewer, { space: 's' }, 'u', 'b')}`,
    )
    .orderBy(sql`e.rowid desc`)
    .limit(limit);
}

type Row = Awaited<ReturnType<typeof hitsQuery>>[number];

/** The keys of a page's last hits: `<thread's>-<comment's>`, from `next`. */
function keysOf(before: string | null): { thread: number; comment: number } {
  const [, thread, comment] = /^(\d{1,16})-(\d{1,16})$/.exec(before ?? '') ?? [];
  return { thread: Number(thread ?? last), comment: Number(comment ?? last) };
}

/** The threads or comments read so far, newest first. */
interface List {
  threads: boolean;
  rows: Seen[];
  /** Up to where they were read. */
  read: number;
  /** There may be more. */
  more: boolean;
}

/** One page from both lists, by time. Reads more if too many of the rows were not for the viewer. */
async function page(
  ctx: Ctx,
  typed: string,
  { terms, cut }: Sought,
  before: string | null,
  first: { threads: Row[]; comments: Row[]; state: { value: string }[] },
  inSpace?: number,
): Promise<Found> {
  const keys = keysOf(before);
  const take = (list: List, rows: Row[], limit: number) => {
    for (const row of rows) {
      const visible = seen(ctx, row, terms);
      if (visible) list.rows.push(visible);
    }
    list.read = rows.at(-1)?.key ?? list.read;
    list.more = rows.length === limit;
  };
  const begun = (threads: boolean, read: number, rows: Row[]): List => {
    const list = { threads, rows: [], read, more: false };
    take(list, rows, PAGE + 1);
    return list;
  };
  const lists = [begun(true, keys.thread, first.threads), begun(false, keys.comment, first.comments)];
  const short = () => lists.filter((list) => list.more && list.rows.length <= PAGE);
  for (let round = 0; round < MORE.rounds && short().length > 0; round++)
    for (const list of short())
      take(list, await hitsQuery(ctx, terms, list.threads, list.read, inSpace, MORE.rows), MORE.rows);
  const all = lists.flatMap(({ rows }) => rows).sort((a, b) => b.createdAt - a.createdAt || b.key - a.key);
  const shown = new Set(all.slice(0, PAGE));
  // The next page begins after the last shown hit of each list, or after all that was read if none is left.
  const end = ({ rows, read }: List, key: number) => {
    const here = rows.filter((row) => shown.has(row)).map((row) => row.key);
    return here.length < rows.length ? Math.min(key, ...here) : read;
  };
  const more = all.length > PAGE || short().length > 0;
  return {
    typed,
    hits: [...shown].map((row) => presented(row, terms)),
    next: more ? `${end(lists[0]!, keys.thread)}-${end(lists[1]!, keys.comment)}` : null,
    cut,
    incomplete: entries.isIncomplete(first.state),
    onlySpaces: null,
  };
}

/** Threads and comments of a space that contain all the words. 404 if the space is out of reach. One batch. */
export async function inSpace(ctx: Ctx, spaceId: number, typed: string, before: string | null = null) {
  const sought = termsOf(typed);
  const { thread, comment } = keysOf(before);
  const [reach, threads, comments, state] = await ctx.db.batch([
    access.spaceQuery(ctx, spaceId),
    hitsQuery(ctx, sought.terms, true, thread, spaceId),
    hitsQuery(ctx, sought.terms, false, comment, spaceId),
    entries.stateQuery(ctx),
  ]);
  const { id, name } = access.foundSpace(ctx, reach);
  const found = await page(ctx, typed, sought, before, { threads, comments, state }, spaceId);
  return { space: { id, name }, ...found };
}

/** The same in all of the viewer's spaces. */
export async function everywhere(ctx: Ctx, typed: string, before: string | null = null): Promise<Found> {
  const sought = termsOf(typed);
  const { thread, comment } = keysOf(before);
  const [threads, comments, state, own] = await ctx.db.batch([
    hitsQuery(ctx, sought.terms, true, thread),
    hitsQuery(ctx, sought.terms, false, comment),
    entries.stateQuery(ctx),
    ctx.db
      .select({ id: space.id })
      .from(membership)
      .innerJoin(space, and(eq(space.id, membership.spaceId), isNull(space.deletedAt)))
      .where(eq(membership.userId, ctx.actor?.id ?? ''))
      .limit(SPACES + 1),
  ]);
  const found = await page(ctx, typed, sought, before, { threads, comments, state });
  return { ...found, onlySpaces: own.length > SPACES ? SPACES : null };
}

// --- Showing -------------------------------------------------------------------------------------------------

/** A hit as its viewer may read it. */
interface Seen extends Omit<Row, 'files'> {
  files: { id: string; name: string }[];
}

/** Null if the match is the name of somebody hidden from the viewer, or the words do not stand together in the text. */
function seen(ctx: Ctx, row: Row, terms: Term[]): Seen | null {
  const files = JSON.parse(row.files) as Seen['files'];
  const mentions = JSON.parse(row.mentions) as Mention[];
  const reader = { id: ctx.actor?.id ?? '', seesGuests: !row.hidden };
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

function presented(row: Seen, terms: Term[]): Hit {
  const thread = `/spaces/${row.spaceId}/threads/${row.threadId}`;
  return {
    space: { id: row.spaceId, name: row.spaceName },
    threadId: row.threadId,
    commentId: row.commentId,
    title: pieces(row.title, row.commentId === null ? terms : []),
    author: row.author,
    guest: row.guest === 1,
    company: row.company,
    createdAt: row.createdAt,
    excerpt: around(row.body, terms),
    files: row.files
      .map(({ id, name }) => ({ id, name: pieces(name, terms) }))
      .filter(({ name }) => name.some((piece) => piece.hit)),
    href: row.commentId === null ? thread : `${thread}?comment=${row.commentId}#comment-${row.commentId}`,
  };
}

/** A text with the matches marked. */
function pieces(text: string, terms: Term[]): Piece[] {
  const all: Piece[] = [];
  let from = 0;
  for (const [start, end] of placesOf(text, terms)) {
    if (start > from) all.push({ text: text.slice(from, start), hit: false });
    all.push({ text: text.slice(start, end), hit: true });
    from = end;
  }
  if (from < text.length) all.push({ text: text.slice(from), hit: false });
  return all;
}

/** The plain words of a text around the first match, or its beginning if the match is elsewhere (title, file, address). */
function around(body: string, terms: Term[]): Piece[] {
  // A long text is rendered only around the match.
  const rough = body.length > 4_000 ? Math.max(0, (placesOf(body, terms)[0]?.[0] ?? 0) - 500) : 0;
  const plain = markdown.words(body.slice(rough, rough + 4_000));
  const first = placesOf(plain, terms)[0]?.[0] ?? 0;
  let from = Math.max(0, first - 80);
  // Not within a word, in scripts with spaces, and never within a character.
  if (from > 0) from += Math.max(0, plain.slice(from, first).search(/(?<=\s)\S/));
  if (/[\udc00-\udfff]/.test(plain[from] ?? '')) from++;
  let to = Math.min(plain.length, from + EXCERPT);
  if (to < plain.length) {
    const space = plain.lastIndexOf(' ', to);
    if (space > to - 24) to = space;
    if (/[\ud800-\udbff]/.test(plain[to - 1]!)) to--;
  }
  const before = from > 0 || rough > 0 ? '…' : '';
  const after = to < plain.length || rough + 4_000 < body.length ? '…' : '';
  return pieces(`${before}${plain.slice(from, to)}${after}`, terms);
}
