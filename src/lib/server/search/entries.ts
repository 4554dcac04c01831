/**
 * The contentless full-text index `search_entry`. `scope` has tokens: `s<space>`, those of `scopeOf`, `thread`. `words` and `signs`
 * leave out mentions of guests; `all_words` and `all_signs` do not.
 */
import { eq, sql, type SQL } from 'drizzle-orm';
import { namesGuests, scopeOf, stranger, type Author } from '../access';
import type { Ctx, Statement } from '../context';
import { isCurrent } from '../files/current';
import { bodyFor, titleFor } from '../mentions/redaction';
import { setting, type Mention } from '../schema';
import { indexed } from './tokens';

export type Target = { thread: number | SQL } | { comment: number | SQL };

const rowid = (target: Target): SQL =>
  'thread' in target ? sql`(${target.thread}) * 2` : sql`(${target.comment}) * 2 + 1`;

export interface Entry {
  spaceId: number | SQL;
  authors: Author[];
  title?: string;
  body: string;
  mentions: Mention[];
  /** Names, found like words of the text. */
  files?: string[];
}

/** Without mentions of guests. The words around a name do not become neighbours. */
function indexedWithout({ title = '', body, mentions, files = [] }: Entry) {
  const text = [
    titleFor(stranger, { title, mentions, authorId: null }),
    bodyFor(stranger, { body, mentions, authorId: null }),
    ...files,
  ].join('\n');
  const pieces = text.split('@…').map(indexed);
  // A full stop alone is not a word of any text.
  return {
    words: pieces.map(({ words }) => words).join(' . '),
    signs: pieces.map(({ signs }) => signs).join(' . '),
  };
}

/** Replaces an earlier version. */
export const put = (ctx: Pick<Ctx, 'db'>, target: Target, entry: Entry): Statement[] => {
  const { title = '', body, files = [] } = entry;
  const scope = scopeOf(entry.authors, entry.mentions) + ('thread' in target ? ' thread' : '');
  const open = indexedWithout(entry);
  const all = namesGuests(entry.mentions)
    ? indexed([title, body, ...files].join('\n'))
    : { words: '', signs: '' };
  return [
    ctx.db.run(sql`delete from search_entry where rowid = ${rowid(target)}`),
    ctx.db.run(sql`
      insert into search_entry (rowid, scope, words, signs, all_words, all_signs)
      values (${rowid(target)}, 's' || cast((${entry.spaceId}) as integer) || ${` ${scope}`},
        ${open.words}, ${open.signs}, ${all.words}, ${all.signs})`),
  ];
};

/** Before the deletion in the batch, because it reads the rows. */
export const drop = (
  ctx: Pick<Ctx, 'db'>,
  what: Target | { comments: number[] } | { threads: number[] } | { threadWithComments: number },
): Statement[] => {
  const rows =
    'threadWithComments' in what
      ? sql`select ${what.threadWithComments} * 2 union all
          select id * 2 + 1 from comment where thread_id = ${what.threadWithComments}`
      : 'comments' in what
        ? sql`select value * 2 + 1 from json_each(${JSON.stringify(what.comments)})`
        : 'threads' in what
          ? sql`select value * 2 from json_each(${JSON.stringify(what.threads)})`
          : sql`select ${rowid(what)}`;
  return [ctx.db.run(sql`delete from search_entry where rowid in (${rows})`)];
};

/** The version of the index's form. After a change cron writes all rows again. */
const FORM = 5;
/** Texts per batch, and batches per run of `rebuild`. */
const PIECE = 300;
const PIECES = 4;

interface State {
  form: number;
  /** Texts from this id on are done; if absent, all are. */
  below?: number;
}
const KEY = 'searchIndex';

export const stateQuery = (ctx: Pick<Ctx, 'db'>) =>
  ctx.db.select({ value: setting.value }).from(setting).where(eq(setting.key, KEY));

const stateOf = (rows: { value: string }[]): State | null => {
  const state = rows[0] ? (JSON.parse(rows[0].value) as State) : null;
  return state?.form === FORM ? state : null;
};

/** Unknown before the first run of cron. */
export const isIncomplete = (rows: { value: string }[]): boolean => {
  const state = stateOf(rows);
  return rows.length > 0 && (state === null || state.below !== undefined);
};

/** Cron, newest texts first, after a change of FORM or a restored backup. The setting `searchIndex` holds its progress. */
export async function rebuild(ctx: Ctx): Promise<void> {
  for (let i = 0; i < PIECES; i++) if (await rebuildPiece(ctx)) return;
}

async function rebuildPiece(ctx: Ctx): Promise<boolean> {
  const rows = await stateQuery(ctx);
  const state = stateOf(rows);
  if (state && state.below === undefined) return true;
  const below = state?.below ?? Number.MAX_SAFE_INTEGER;
  const texts = await ctx.db
    .select(stored)
    .from(
      sql`(
      select t.id, 1 as thread, t.space_id, t.author_id, t.author_id as begun_by, t.title, t.body, t.mentions
        from (select * from thread where id < ${below} order by id desc limit ${PIECE}) t
      union all
      select c.id, 0, t.space_id, c.author_id, t.author_id, '', c.body, c.mentions
        from (select * from comment where id < ${below} order by id desc limit ${PIECE}) c
          join thread t on t.id = c.thread_id) e
      join user u on u.id = e.author_id join user b on b.id = e.begun_by`,
    )
    .orderBy(sql`e.id desc`)
    .limit(PIECE);
  const done = texts.length < PIECE;
  // A thread and a comment may have the same id; written twice is no harm.
  const value = JSON.stringify(done ? { form: FORM } : { form: FORM, below: texts.at(-1)!.id + 1 });
  await ctx.commit([
    // With the cursor in one batch. A text edited meanwhile is written by its own commit.
    ...texts.flatMap((text) =>
      put(ctx, text.thread ? { thread: text.id } : { comment: text.id }, {
        spaceId: text.spaceId,
        authors: [
          { authorId: text.begunBy, authorKind: text.begunByKind },
          { authorId: text.authorId, authorKind: text.authorKind },
        ],
        title: text.title,
        body: text.body,
        mentions: JSON.parse(text.mentions) as Mention[],
        files: [text.files ?? ''],
      }),
    ),
    ctx.db
      .insert(setting)
      .values({ key: KEY, value })
      .onConflictDoUpdate({ target: setting.key, set: { value } }),
  ]);
  return done;
}

const stored = {
  id: sql<number>`e.id`.as('id'),
  thread: sql<number>`e.thread`.as('thread'),
  spaceId: sql<number>`e.space_id`.as('space_id'),
  authorId: sql<string>`e.author_id`.as('author_id'),
  authorKind: sql<'user' | 'guest'>`u.kind`.as('author_kind'),
  begunBy: sql<string>`e.begun_by`.as('begun_by'),
  begunByKind: sql<'user' | 'guest'>`b.kind`.as('begun_by_kind'),
  title: sql<string>`e.title`.as('title'),
  body: sql<string>`e.body`.as('body'),
  mentions: sql<string>`e.mentions`.as('mentions'),
  files: sql<string | null>`(select group_concat(f.name, char(10)) from file f where ${isCurrent('f')}
    and iif(e.thread, f.thread_id = e.id and f.comment_id is null, f.comment_id = e.id))`.as('files'),
};
