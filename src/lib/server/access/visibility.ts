/** Who sees whom and what in a space. Only this file reads `guests_hidden` (tests/architecture.test.ts). */
import { sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import type { Actor, Ctx } from '../context';
import type { Mention, space, thread } from '../schema';

type SpaceRow = typeof space.$inferSelect;
type ThreadRow = typeof thread.$inferSelect;

/** Who is reading: one person, or columns of a query about many. */
export interface Viewer {
  id: string | SQLWrapper;
  kind: 'user' | 'guest' | SQLWrapper;
}

export const viewerOf = (ctx: Ctx): Viewer => ctx.actor ?? { id: '', kind: 'guest' };

export interface Person {
  id: SQLWrapper;
  kind: SQLWrapper;
}

export const person = (of: string): Person => ({ id: sql.raw(`${of}.id`), kind: sql.raw(`${of}.kind`) });

/** By names or aliases of its row and its author's. A left join without a row hides nothing. */
export interface Text {
  text: string;
  author: string;
}

/** Persons or texts looked up only where guests are hidden: `from … where …`, and what these rows are. */
export interface LookUp {
  from: SQL;
  shows: Person | Text;
}

/** The name or alias of the space's row in the query, or its id. */
export type Within = { space: 's' | 'space' } | { spaceId: number | SQL };

const hiddenIn = (within: Within): SQL =>
  'space' in within
    ? sql.raw(`${within.space}.guests_hidden`)
    : sql`coalesce((select guests_hidden from space where id = ${within.spaceId}), 1)`;

/** SQL: 1 if other guests are hidden from the viewer. Reads nothing if the viewer is a user. */
const hidesGuests = (viewer: Viewer, within: Within): SQL =>
  viewer.kind === 'user'
    ? sql`0`
    : viewer.kind === 'guest'
      ? sql`(${hiddenIn(within)})`
      : sql`(${viewer.kind} = 'guest' and ${hiddenIn(within)})`;

/** SQL: whether a guest who sees no other guests sees this: it is the company's, or their own. */
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

/** SQL: whether the viewer may see something that consists of all these, such as a comment and its thread. */
export const visibleTo = (viewer: Viewer, within: Within, ...all: (Person | Text | LookUp)[]): SQL =>
  viewer.kind === 'user' ? sql`1` : sql`(${allShown(viewer, all)} or not ${hidesGuests(viewer, within)})`;

/** For the column that `readerOf` takes; to decide what is visible, use `visibleTo`. */
export const seesGuests = (viewer: Viewer, within: Within): SQL<number> =>
  sql<number>`(not ${hidesGuests(viewer, within)})`;

/** SQL: `membership.rank` of guests if the viewer sees them. Otherwise null, and the comparison does not even read the index. */
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

/**
 * Guests who see no others have separate counters and indexes. One query choosing between them could use neither index, so it
 * runs in both views; the one that does not apply reads nothing.
 */
export type View = 'whole' | 'without-guests';

export const countersIn = (view: View) => ({
  activity: sql.raw(view === 'whole' ? 'thread.last_activity_at' : 'thread.staff_activity_at') as SQL<number>,
  comments: sql.raw(view === 'whole' ? 'thread.comment_count' : 'thread.staff_comment_count') as SQL<number>,
});

/** SQL: whether this is the viewer's view, and all these are in it. */
export const inView = (view: View, viewer: Viewer, within: Within, ...all: (Person | Text)[]): SQL =>
  view === 'whole'
    ? seesGuests(viewer, within)
    : viewer.kind === 'user'
      ? sql`0`
      : sql`(${hidesGuests(viewer, within)} and ${allShown(viewer, all)})`;

export const byView = (viewer: Viewer, within: Within, query: (view: View) => SQL): SQL =>
  viewer.kind === 'user'
    ? query('whole')
    : sql`iif(${hidesGuests(viewer, within)}, ${query('without-guests')}, ${query('whole')})`;

export interface Reader {
  id: string;
  seesGuests: boolean;
}

export const readerIn = (actor: Actor, { guestsHidden }: SpaceRow): Reader => ({
  id: actor.id,
  seesGuests: actor.kind === 'user' || !guestsHidden,
});

export const readerOf = (id: string, column: number): Reader => ({ id, seesGuests: column === 1 });

/** A thread's last activity that the reader may know of. */
export const activityFor = (
  { seesGuests }: Reader,
  row: Pick<ThreadRow, 'lastActivityAt' | 'staffActivityAt'>,
): number => (seesGuests ? row.lastActivityAt : row.staffActivityAt);

/** If false, nothing that all people in the space read may name this person. */
export const everybodySees = (
  { guestsHidden }: Pick<SpaceRow, 'guestsHidden'>,
  kind: 'user' | 'guest',
): boolean => kind === 'user' || !guestsHidden;

export const readsAllNames = (reader: Reader, authorId: string | null): boolean =>
  reader.seesGuests || authorId === reader.id;

export const hidesMention =
  (reader: Reader, authorId: string | null) =>
  (m: Mention): boolean =>
    !readsAllNames(reader, authorId) && m.guest === true && m.id !== reader.id;
