/**
 * Search over threads and comments: in one space, or over all of one's own. The index is `search_entry`
 * (drizzle/0002_search.sql), full-text and contentless: who writes a text puts its words in, in the same commit.
 *
 * A row's `scope` holds tokens: `s<space>`, who wrote it (`company`, or `u<id>` of a guest), and `thread` where it is one.
 * They stand in the index like words, so a search walks only over what the viewer may see, and costs the same
 * however much other spaces hold. What is found is checked once more against membership, trash and hidden guests.
 */
import { eq, sql, type SQL } from 'drizzle-orm';
import { normalize } from '../normalize';
import type { Ctx, Statement } from './context';
import * as markdown from './markdown';
import { without } from './named';
import { setting, type Mention } from './schema';
import * as spaces from './spaces';
import { titleForGuest } from './threads/text';

/** Hits a page. */
const PAGE = 20;
/** Own spaces that one search looks through: those that were looked at last. */
const SPACES = 200;
/** Of what somebody types. */
const TYPED = { characters: 200, words: 12 };
/** Of a hit's text that is shown. */
const EXCERPT = 240;

// --- Words ---------------------------------------------------------------------------------------------------

/** Japanese, Chinese and Korean: nothing says where a word ends, so each two neighbouring characters are one. */
const CJK = '(?=[\\p{L}\\p{N}\\p{M}])[\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Hang}\\p{scx=Bopo}]';
const cjkRuns = new RegExp(`(?:${CJK})+`, 'gu');
const isCjk = new RegExp(CJK, 'u');

const folded = (text: string) => normalize(text.toWellFormed(), 'NFKC').toLowerCase();

const bigrams = (run: string): string[] => {
  const all = [...run];
  return all.length < 2 ? all : all.slice(1).map((c, i) => all[i]! + c);
};

/** A text as it stands in the index. Each run ends with its last character alone, so that one character finds it too. */
const wordsOf = (text: string): string =>
  folded(text).replace(
    cjkRuns,
    (run) => ` ${[...bigrams(run), ...([...run].length > 1 ? [[...run].at(-1)] : [])].join(' ')} `,
  );

/** One thing that is looked for: words in this order, or Japanese characters in this order. */
interface Term {
  phrase: string;
  cjk: boolean;
  /** Also longer words that begin so. */
  prefix: boolean;
}

/** What somebody typed, as terms that all must be found. Nothing in it is an operator. */
function termsOf(typed: string): Term[] {
  const pieces = folded(typed.slice(0, TYPED.characters))
    .split(/\s+/)
    .flatMap((word) => word.split(new RegExp(`((?:${CJK})+)`, 'u')))
    // What has neither letter nor digit is in no index.
    .filter((piece) => /[\p{L}\p{N}]/u.test(piece))
    .slice(0, TYPED.words);
  return pieces.map((phrase, i) => {
    const cjk = isCjk.test(phrase);
    const short = [...phrase].length < 2;
    // The last word may not be finished. A single Latin letter would be the beginning of half the index.
    return { phrase, cjk, prefix: cjk ? short : i === pieces.length - 1 && !short };
  });
}

/** Quoted, so that nothing in it means anything to FTS5. */
const quoted = ({ phrase, cjk, prefix }: Term) =>
  `"${(cjk ? bigrams(phrase).join(' ') : phrase).replace(/["\u0000]/g, ' ')}"${prefix ? '*' : ''}`;

// --- Writing -------------------------------------------------------------------------------------------------

/** A thread or a comment, by its id or the subquery that gives it. */
export type Target = { thread: number | SQL } | { comment: number | SQL };

const rowid = (target: Target): SQL =>
  'thread' in target ? sql`(${target.thread}) * 2` : sql`(${target.comment}) * 2 + 1`;

/**
 * Puts a text into the index, in place of what it said before.
 * @param entry.text with its title, and the names of its files: they are found like words of the text
 */
export const put = (
  ctx: Pick<Ctx, 'db'>,
  target: Target,
  entry: { spaceId: number | SQL; authorId: string; byGuest: boolean; text: string },
): Statement[] => {
  const who = entry.byGuest ? `u${entry.authorId}` : 'company';
  const scope = 'thread' in target ? `${who} thread` : who;
  return [
    ctx.db.run(sql`delete from search_entry where rowid = ${rowid(target)}`),
    ctx.db.run(sql`
      insert into search_entry (rowid, scope, words)
      values (${rowid(target)}, 's' || cast((${entry.spaceId}) as integer) || ${` ${scope}`}, ${wordsOf(entry.text)})`),
  ];
};

/** Takes texts out of the index. Stands in the batch before the texts themselves go, since it asks which there are. */
export const drop = (
  ctx: Pick<Ctx, 'db'>,
  what: Target | { comments: number[] } | { threadWithComments: number } | { space: number },
): Statement[] => {
  const rows =
    'space' in what
      ? sql`select id * 2 from thread where space_id = ${what.space} union all
          select c.id * 2 + 1 from comment c join thread t on t.id = c.thread_id where t.space_id = ${what.space}`
      : 'threadWithComments' in what
        ? sql`select ${what.threadWithComments} * 2 union all
          select id * 2 + 1 from comment where thread_id = ${what.threadWithComments}`
        : 'comments' in what
          ? sql`select value * 2 + 1 from json_each(${JSON.stringify(what.comments)})`
          : sql`select ${rowid(what)}`;
  return [ctx.db.run(sql`delete from search_entry where rowid in (${rows})`)];
};

/** Ids of threads and comments that a run of `rebuild` goes through. */
const PIECE = 300;

/**
 * Cron: writes the index anew where the setting `rebuildSearch` asks for it (after a backup was restored, or for what was
 * written before there was an index). Its value is the id up to which that is done; the last piece takes it away.
 */
export async function rebuild(ctx: Ctx): Promise<void> {
  const [row] = await ctx.db
    .select({ value: setting.value })
    .from(setting)
    .where(eq(setting.key, 'rebuildSearch'));
  if (!row) return;
  const from = Number(row.value) || 0;
  const [texts, newest] = await ctx.db.batch([
    ctx.db.select(indexed).from(sql`(
      select t.id, 1 as thread, t.space_id, t.author_id, t.title || char(10) || t.body as words
        from thread t where t.id > ${from} and t.id <= ${from + PIECE}
      union all
      select c.id, 0, t.space_id, c.author_id, c.body
        from comment c join thread t on t.id = c.thread_id where c.id > ${from} and c.id <= ${from + PIECE}) e
      join user u on u.id = e.author_id`),
    ctx.db
      .select({ id: sql<number>`max(thread, comment)` })
      .from(
        sql`(select coalesce((select max(id) from thread), 0) as thread, coalesce((select max(id) from comment), 0) as comment)`,
      ),
  ]);
  const done = from + PIECE >= newest[0]!.id;
  await ctx.commit([
    // In one piece with the cursor: what was edited since it was read is written by its own commit, before or after.
    ...texts.flatMap((text) =>
      put(ctx, text.thread ? { thread: text.id } : { comment: text.id }, {
        spaceId: text.spaceId,
        authorId: text.authorId,
        byGuest: text.kind === 'guest',
        text: [text.words, text.files ?? ''].join('\n'),
      }),
    ),
    done
      ? ctx.db.delete(setting).where(eq(setting.key, 'rebuildSearch'))
      : ctx.db
          .update(setting)
          .set({ value: String(from + PIECE) })
          .where(eq(setting.key, 'rebuildSearch')),
  ]);
}

const indexed = {
  id: sql<number>`e.id`.as('id'),
  thread: sql<number>`e.thread`.as('thread'),
  spaceId: sql<number>`e.space_id`.as('space_id'),
  authorId: sql<string>`e.author_id`.as('author_id'),
  words: sql<string>`e.words`.as('words'),
  kind: sql<string>`u.kind`.as('kind'),
  files: sql<string | null>`(select group_concat(f.name, char(10)) from file f where f.gone_at is null
    and iif(e.thread, f.thread_id = e.id and f.comment_id is null, f.comment_id = e.id))`.as('files'),
};

// --- Finding -------------------------------------------------------------------------------------------------

/** A stretch of text; `hit`: it is what was looked for. */
export interface Piece {
  text: string;
  hit: boolean;
}

export interface Hit {
  space: { id: number; name: string };
  threadId: number;
  /** Null: the thread itself was found. */
  commentId: number | null;
  /** Empty of a thread without a name. */
  title: Piece[];
  author: string;
  guest: boolean;
  company: string;
  createdAt: number;
  excerpt: Piece[];
  /** Files of the text whose names were found. */
  files: { id: string; name: Piece[] }[];
  href: string;
}

export interface Found {
  typed: string;
  hits: Hit[];
  /** The key of the next page. */
  next: string | null;
}

const last = Number.MAX_SAFE_INTEGER;

/** The FTS5 expression that finds nothing. */
const nothing = '""';

/**
 * The hits of one kind, newest first, for a batch. Threads and comments have ids of their own, each in the order of time:
 * two lists by key, which `merged` puts together by the clock.
 * @param inSpace only of this space
 */
function hitsQuery(ctx: Ctx, terms: Term[], threads: boolean, before: number, inSpace?: number) {
  const me = ctx.actor?.id ?? '';
  const guest = ctx.actor?.kind === 'guest' ? 1 : 0;
  const own = `) AND scope : ("company" OR "u${me}"))`;
  const looked = ` AND words : (${terms.map(quoted).join(' AND ')})) ${threads ? 'AND' : 'NOT'} scope : "thread"`;
  // One expression out of the viewer's memberships, made in the same query.
  const expression = sql`coalesce((
    select '((' || iif(count(*) > sum(hidden),
        'scope : (' || group_concat(iif(hidden, null, '"s' || id || '"'), ' OR ') || ')', '')
      || iif(sum(hidden) > 0 and count(*) > sum(hidden), ' OR ', '')
      || iif(sum(hidden) > 0, '(scope : (' || group_concat(iif(hidden, '"s' || id || '"', null), ' OR ') || ${own}, '')
      || ')' || ${looked}
    from (select s.id, s.guests_hidden and ${guest} as hidden from membership m join space s on s.id = m.space_id
      where m.user_id = ${me} and s.deleted_at is null ${inSpace === undefined ? sql`` : sql`and m.space_id = ${inSpace}`}
      order by m.last_read_at desc limit ${SPACES})
    having count(*) > 0), ${nothing})`;
  const wrote = (user: 'u' | 'b') => sql.raw(`(${user}.kind = 'user' or ${user}.id = m.user_id)`);
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
      hidden: sql<number>`s.guests_hidden and ${guest}`.as('hidden'),
      author: sql<string>`u.name`.as('author'),
      guest: sql<number>`u.kind = 'guest'`.as('guest'),
      company: sql<string>`u.company`.as('company'),
      createdAt: sql<number>`iif(e.rowid & 1, c.created_at, t.created_at)`.as('created_at'),
      files: sql<string>`(select json_group_array(json_object('id', f.id, 'name', f.name)) from
        (select id, name from file where thread_id = t.id and comment_id is c.id and kind = 'attachment'
          and attached_at is not null and gone_at is null order by created_at, id limit 20) f)`.as('files'),
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
      sql`e.search_entry match ${terms.length > 0 ? expression : nothing} and e.rowid < ${before} and s.deleted_at is null
        and (not (s.guests_hidden and ${guest}) or (${wrote('u')} and ${wrote('b')}))`,
    )
    .orderBy(sql`e.rowid desc`)
    .limit(PAGE + 1);
}

type Row = Awaited<ReturnType<typeof hitsQuery>>[number];

/** The keys of a page's last hits: `<thread's>-<comment's>`, as `next` gave them. */
function keysOf(before: string | null): { thread: number; comment: number } {
  const [, thread, comment] = /^(\d{1,15})-(\d{1,15})$/.exec(before ?? '') ?? [];
  return { thread: Number(thread ?? last), comment: Number(comment ?? last) };
}

/** Two lists of hits as one page, by the clock. */
function merged(
  ctx: Ctx,
  typed: string,
  terms: Term[],
  before: string | null,
  threads: Row[],
  comments: Row[],
): Found {
  const all = [...threads, ...comments].sort((a, b) => b.createdAt - a.createdAt || b.key - a.key);
  const page = all.slice(0, PAGE);
  const keys = keysOf(before);
  const end = (list: Row[], key: number) =>
    Math.min(key, ...page.filter((row) => list.includes(row)).map((row) => row.key));
  return {
    typed,
    hits: page.flatMap((row) => {
      const hit = presented(ctx, row, terms);
      return hit ? [hit] : [];
    }),
    next: all.length > PAGE ? `${end(threads, keys.thread)}-${end(comments, keys.comment)}` : null,
  };
}

/** Threads and comments of a space that hold all the words. Reach first: else 404. One batch. */
export async function inSpace(ctx: Ctx, spaceId: number, typed: string, before: string | null = null) {
  const terms = termsOf(typed);
  const { thread, comment } = keysOf(before);
  const [reach, threads, comments] = await ctx.db.batch([
    spaces.reachQuery(ctx, spaceId),
    hitsQuery(ctx, terms, true, thread, spaceId),
    hitsQuery(ctx, terms, false, comment, spaceId),
  ]);
  const { id, name } = spaces.reached(ctx, reach);
  return { space: { id, name }, ...merged(ctx, typed, terms, before, threads, comments) };
}

/** The same over all of one's own spaces. */
export async function everywhere(ctx: Ctx, typed: string, before: string | null = null): Promise<Found> {
  const terms = termsOf(typed);
  const { thread, comment } = keysOf(before);
  const [threads, comments] = await ctx.db.batch([
    hitsQuery(ctx, terms, true, thread),
    hitsQuery(ctx, terms, false, comment),
  ]);
  return merged(ctx, typed, terms, before, threads, comments);
}

// --- Showing -------------------------------------------------------------------------------------------------

/** Null: what was found is the name of somebody who does not exist for the viewer. */
function presented(ctx: Ctx, row: Row, terms: Term[]): Hit | null {
  const secret = row.hidden
    ? (JSON.parse(row.mentions) as Mention[]).filter((m) => m.guest && m.id !== ctx.actor?.id)
    : [];
  const body = without(row.body, JSON.parse(row.mentions) as Mention[], (m) =>
    secret.some(({ id }) => id === m.id),
  ).text;
  const me = ctx.actor?.id ?? '';
  const title = row.hidden
    ? titleForGuest(me, {
        title: row.title,
        mentions: JSON.parse(row.titleMentions) as Mention[],
        authorId: row.threadAuthorId,
      })
    : row.title;
  if (secret.length > 0 || title !== row.title) {
    const readable = [title, body, row.files].join(' ');
    if (!terms.every((term) => hitsIn(readable, [term]).length > 0)) return null;
  }
  const thread = `/spaces/${row.spaceId}/threads/${row.threadId}`;
  const files = (JSON.parse(row.files) as { id: string; name: string }[])
    .map(({ id, name }) => ({ id, name: pieces(name, terms) }))
    .filter(({ name }) => name.some((piece) => piece.hit));
  return {
    space: { id: row.spaceId, name: row.spaceName },
    threadId: row.threadId,
    commentId: row.commentId,
    title: pieces(title, row.commentId === null ? terms : []),
    author: row.author,
    guest: row.guest === 1,
    company: row.company,
    createdAt: row.createdAt,
    excerpt: around(body, terms),
    files,
    href: row.commentId === null ? thread : `${thread}?comment=${row.commentId}#comment-${row.commentId}`,
  };
}

/** A text as it is compared, and where each of its characters stood. */
function comparable(text: string): { text: string; at: number[] } {
  let compared = '';
  const at: number[] = [];
  let from = 0;
  // A letter with its accents is one; kana keep theirs, which make other letters of them.
  for (const [unit] of text.matchAll(/\P{M}[\p{M}ﾞﾟ]*|\p{M}+/gsu)) {
    const plain = unit.length === 1 && unit < '\u0080' ? unit.toLowerCase() : fold(unit);
    compared += plain;
    for (let i = 0; i < plain.length; i++) at.push(from);
    from += unit.length;
  }
  at.push(from);
  return { text: compared, at };
}

const fold = (unit: string) =>
  isCjk.test(unit) ? folded(unit) : folded(normalize(unit, 'NFKD').replace(/\p{M}/gu, ''));

/** Where a text holds the terms: from and to, in order, none over another. */
function hitsIn(text: string, terms: Term[]): [number, number][] {
  const compared = comparable(text);
  const found: [number, number][] = [];
  for (const term of terms)
    for (const match of compared.text.matchAll(pattern(term)))
      if (match[0]) found.push([compared.at[match.index]!, compared.at[match.index + match[0].length]!]);
  found.sort((a, b) => a[0] - b[0]);
  const apart: [number, number][] = [];
  for (const [from, to] of found) {
    const before = apart.at(-1);
    if (before && from <= before[1]) before[1] = Math.max(before[1], to);
    else apart.push([from, to]);
  }
  return apart;
}

/** As the index sees it: whole words, with anything between them that is no letter. */
function pattern({ phrase, cjk, prefix }: Term): RegExp {
  if (cjk) return new RegExp(RegExp.escape(phrase), 'gu');
  const latin = `(?:(?!${CJK})[\\p{L}\\p{N}\\p{M}])`;
  const tokens = comparable(phrase).text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  const inside = tokens.map((token) => RegExp.escape(token)).join('[^\\p{L}\\p{N}]+');
  return new RegExp(`(?<!${latin})${inside}${prefix ? `${latin}*` : `(?!${latin})`}`, 'gu');
}

/** A text with what was looked for marked. */
function pieces(text: string, terms: Term[]): Piece[] {
  const all: Piece[] = [];
  let from = 0;
  for (const [start, end] of hitsIn(text, terms)) {
    if (start > from) all.push({ text: text.slice(from, start), hit: false });
    all.push({ text: text.slice(start, end), hit: true });
    from = end;
  }
  if (from < text.length) all.push({ text: text.slice(from), hit: false });
  return all;
}

/** The plain words of a text around the first hit, or its beginning when the hit is elsewhere (title, file, address). */
function around(body: string, terms: Term[]): Piece[] {
  // A long text is read only where the hit is.
  const rough = body.length > 4_000 ? Math.max(0, (hitsIn(body, terms)[0]?.[0] ?? 0) - 500) : 0;
  const plain = markdown.words(body.slice(rough, rough + 4_000));
  const first = hitsIn(plain, terms)[0]?.[0] ?? 0;
  let from = Math.max(0, first - 80);
  // Not in the middle of a word, where words have spaces between them; never of a character.
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
