/**
 * Who sees whom and what in a space. No other file decides by `guests_hidden` (tests/architecture.test.ts): they ask for a
 * finished answer, as SQL (`visibleTo`, `seesGuests`, `inView`), as a counter or rank, or for loaded rows (`Reader`,
 * `everybodySees`, `hidesMention`).
 */
import { sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import type { Actor, Ctx } from '../context';
import type { Mention, space, thread } from '../schema';

type SpaceRow = typeof space.$inferSelect;
type ThreadRow = typeof thread.$inferSelect;

// --- The viewer, and what is shown ----------------------------------------------------------------------------

/** Who is reading: one known person, or columns of a query about many readers. */
export interface Viewer {
  id: string | SQLWrapper;
  kind: 'user' | 'guest' | SQLWrapper;
}

/** The viewer of a request. */
export const viewerOf = (ctx: Ctx): Viewer => ctx.actor ?? { id: '', kind: 'guest' };

/** A person in a query, by columns. */
export interface Person {
  id: SQLWrapper;
  kind: SQLWrapper;
}

/** The person in a row of `user`. @param of the table's name or alias */
export const person = (of: string): Person => ({ id: sql.raw(`${of}.id`), kind: sql.raw(`${of}.kind`) });

/**
 * A thread or comment in a query: the names or aliases of its row and of its author's. What a row says about its own
 * audience belongs into `isShown`. Where a left join found no row, nothing is hidden.
 */
export interface Text {
  text: string;
  author: string;
}

/** Persons or texts that are only looked up where guests are hidden: `from … where …`, and what is in these rows. */
export interface LookUp {
  from: SQL;
  shows: Person | Text;
}

/** The space: the name or alias of its row in the query, or its id. */
export type Within = { space: 's' | 'space' } | { spaceId: number | SQL };

const hiddenIn = (within: Within): SQL =>
  'space' in within
    ? sql.raw(`${within.space}.guests_hidden`)
    : sql`coalesce((select guests_hidden from space where id = ${within.spaceId}), 1)`;

/** SQL: 1 if other guests are hidden from the viewer. Reads no row if the viewer is a user. */
const hidesGuests = (viewer: Viewer, within: Within): SQL =>
  viewer.kind === 'user'
    ? sql`0`
    : viewer.kind === 'guest'
      ? sql`(${hiddenIn(within)})`
      : sql`(${viewer.kind} = 'guest' and ${hiddenIn(within)})`;

/** SQL: whether a guest who sees no other guests sees this: it is by the company, or their own. */
const isShown = (viewer: Viewer, shown: Person | Text | LookUp): SQL => {
  if ('from' in shown)
    return sql`not exists (select 1 ${shown.from} and not ${isShown(viewer, shown.shows)})`;
  if ('id' in shown) return sql`(${shown.kind} = 'user' or ${shown.id} = ${viewer.id})`;
  const author = sql.raw(`${shown.text}.author_id`);
  return sql`(${sql.raw(shown.author)}.kind = 'user' or ${author} = ${viewer.id} or ${author} is null)`;
};

const allShown = (viewer: Viewer, all: (Person | Text | LookUp)[]): SQL =>
  sql`(${sql.join(
    all.map((one) => isShown(viewer, one)),
    sql` and `,
  )})`;

// --- Answers as SQL -------------------------------------------------------------------------------------------

/**
 * SQL: whether the viewer may see something that consists of all these: a comment and its thread, a person. Where guests are
 * hidden, a guest sees users and themselves, and what these wrote.
 */
export const visibleTo = (viewer: Viewer, within: Within, ...all: (Person | Text | LookUp)[]): SQL =>
  viewer.kind === 'user' ? sql`1` : sql`(${allShown(viewer, all)} or not ${hidesGuests(viewer, within)})`;

/**
 * SQL: 1 if the viewer sees other guests here. For the column that `readerOf` takes; what the viewer may see is asked of
 * `visibleTo`.
 */
export const seesGuests = (viewer: Viewer, within: Within): SQL<number> =>
  sql<number>`(not ${hidesGuests(viewer, within)})`;

/**
 * SQL: the `rank` of guests (see `membership.rank`) if the viewer sees them, else null. Compared with null, not even
 * the index is read.
 */
export const rankOfGuests = (viewer: Viewer, within: Within): SQL =>
  viewer.kind === 'user' ? sql`2` : sql`iif(${hidesGuests(viewer, within)}, null, 2)`;

/** SQL: with how many guests of which companies the viewer shares a space. @param company the viewer's own */
export const guestsOf = (viewer: Viewer, within: { space: 's' | 'space' }, company: SQLWrapper = sql`''`) => {
  const unlessHidden = (hidden: SQL, column: string) =>
    sql`iif(${hidesGuests(viewer, within)}, ${hidden}, ${sql.raw(`${within.space}.${column}`)})`;
  return {
    count: unlessHidden(sql`1`, 'guest_count') as SQL<number>,
    companies: unlessHidden(sql`json_array(${company})`, 'guest_companies') as SQL<string>,
    more: unlessHidden(sql`0`, 'more_companies') as SQL<number>,
  };
};

// --- The two views of a space ---------------------------------------------------------------------------------

/**
 * Threads have counters of their own for those who see no other guests, each kind of activity with its own index. A query
 * that chose between the two could sort by neither index, so it is run in both views: the one that does not apply reads nothing.
 */
export type View = 'whole' | 'without-guests';

/** SQL: when something last happened in a row of `thread`, and how many comments it has, in one view. */
export const countersIn = (view: View) => ({
  activity: sql.raw(view === 'whole' ? 'thread.last_activity_at' : 'thread.staff_activity_at') as SQL<number>,
  comments: sql.raw(view === 'whole' ? 'thread.comment_count' : 'thread.staff_comment_count') as SQL<number>,
});

/** SQL: whether this view is the viewer's, and all these are in it. */
export const inView = (view: View, viewer: Viewer, within: Within, ...all: (Person | Text)[]): SQL =>
  view === 'whole'
    ? seesGuests(viewer, within)
    : viewer.kind === 'user'
      ? sql`0`
      : sql`(${hidesGuests(viewer, within)} and ${allShown(viewer, all)})`;

/** SQL: a query in the viewer's view of a space. */
export const byView = (viewer: Viewer, within: Within, query: (view: View) => SQL): SQL =>
  viewer.kind === 'user'
    ? query('whole')
    : sql`iif(${hidesGuests(viewer, within)}, ${query('without-guests')}, ${query('whole')})`;

// --- Answers for loaded rows ----------------------------------------------------------------------------------

/** Somebody who reads texts of one space. */
export interface Reader {
  id: string;
  /** Whether they see other guests, and what these wrote. Users always do. */
  seesGuests: boolean;
}

/** The actor in a space. */
export const readerIn = (actor: Actor, { guestsHidden }: SpaceRow): Reader => ({
  id: actor.id,
  seesGuests: actor.kind === 'user' || !guestsHidden,
});

/** The reader of a row that selects `seesGuests`. */
export const readerOf = (id: string, column: number): Reader => ({ id, seesGuests: column === 1 });

/** When something last happened in a thread that the reader may know of. */
export const activityFor = (
  { seesGuests }: Reader,
  row: Pick<ThreadRow, 'lastActivityAt' | 'staffActivityAt'>,
): number => (seesGuests ? row.lastActivityAt : row.staffActivityAt);

/** Whether everybody in a space sees this person. If not, nothing that all of them read may name the person. */
export const everybodySees = (
  { guestsHidden }: Pick<SpaceRow, 'guestsHidden'>,
  kind: 'user' | 'guest',
): boolean => kind === 'user' || !guestsHidden;

/** Whether the reader reads all the names in a text: always in their own. `authorId`: null for texts of the space itself. */
export const readsAllNames = (reader: Reader, authorId: string | null): boolean =>
  reader.seesGuests || authorId === reader.id;

/** Whether a mention in a text is hidden from the reader. */
export const hidesMention =
  (reader: Reader, authorId: string | null) =>
  (m: Mention): boolean =>
    !readsAllNames(reader, authorId) && m.guest === true && m.id !== reader.id;
