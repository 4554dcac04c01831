/** Who sees whom and what in a space. Only this file reads `guests_hidden` (tests/architecture.test.ts). */
import { sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import type { Actor, Ctx } from '../context';
import type { Mention, space, thread } from '../schema';
import { allows, type Viewer } from './audience';

export type { Viewer };

type SpaceRow = typeof space.$inferSelect;
type ThreadRow = typeof thread.$inferSelect;

export const viewerOf = (ctx: Ctx): Viewer => ctx.actor ?? stranger;

/** A guest who knows nobody: everybody in the space may see what they see. */
export const stranger = { id: '', kind: 'guest', seesGuests: false } as const;

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

export interface OfAudience {
  audienceOf: string;
}

/** Looked up only if it matters: `from … where …`, and what these rows are. */
export interface LookUp {
  from: SQL;
  shows: Person | Text | OfAudience;
}

/** By the name or alias of a row that has stored whose it is (`ownerOf`). */
export interface Owned {
  owned: string;
}

type Shown = Person | Text | OfAudience | Owned | LookUp;

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

function each(all: Shown[], condition: (one: Exclude<Shown, LookUp>) => SQL | null): SQL | null {
  return both(
    ...all.map((one) => {
      if (!('from' in one)) return condition(one);
      const inside = condition(one.shows);
      return inside && sql`not exists (select 1 ${one.from} and not ${inside})`;
    }),
  );
}
const both = (...conditions: (SQL | null)[]): SQL | null => {
  const all = conditions.filter((one) => one !== null);
  return all.length === 0 ? null : sql`(${sql.join(all, sql` and `)})`;
};

/** SQL: whether all these are the company's, or the viewer's own. */
const byNoOther = (viewer: Viewer, all: Shown[]): SQL | null =>
  each(all, (one) => {
    if ('audienceOf' in one) return null;
    if ('owned' in one) return sql`(${sql.join(ownersFor(viewer, one.owned), sql` or `)})`;
    if ('id' in one) return sql`(${one.kind} = 'user' or ${one.id} = ${viewer.id})`;
    const author = sql.raw(`${one.text}.author_id`);
    return sql`(${sql.raw(one.author)}.kind = 'user' or ${author} = ${viewer.id} or ${author} is null)`;
  });

/** SQL: who may own what a guest hears of who sees no others. Each has its part of an index. */
const ownersFor = ({ id }: Viewer, row: string): SQL[] => [
  sql.raw(`${row}.owner_id is null`),
  sql`${sql.raw(row)}.owner_id = ${id}`,
];

const inAudience = (viewer: Viewer, all: Shown[]): SQL | null =>
  each(all, (one) => {
    if ('id' in one || 'owned' in one) return null;
    return allows(viewer, 'text' in one ? one.text : one.audienceOf);
  });

/** SQL: whether the viewer may see something that consists of all these, such as a comment and its thread. */
export const visibleTo = (viewer: Viewer, within: Within, ...all: Shown[]): SQL => {
  const shown =
    viewer.kind === 'user'
      ? null
      : sql`(${byNoOther(viewer, all) ?? sql`1`} or not ${hidesGuests(viewer, within)})`;
  return both(inAudience(viewer, all), shown) ?? sql`1`;
};

/** SQL: whether everybody in the space may see all these, also guests who see no others. */
export const visibleToAll = (...all: Shown[]): SQL =>
  both(inAudience(stranger, all), byNoOther(stranger, all)) ?? sql`1`;

/** For the column that `readerOf` takes; to decide what is visible, use `visibleTo`. */
export const seesGuests = (viewer: Viewer, within: Within): SQL<number> =>
  sql<number>`(not ${hidesGuests(viewer, within)})`;

/** SQL: `membership.rank` of guests if the viewer sees them. Otherwise null, and the comparison does not even read the index. */
export const rankOfGuests = (viewer: Viewer, within: Within): SQL =>
  viewer.kind === 'user' ? sql`2` : sql`iif(${hidesGuests(viewer, within)}, null, 2)`;

/** SQL: the last `membership.company_key` that the viewer sees, but for their own: all of them, or those of users. */
export const lastCompany = (viewer: Viewer, within: Within): SQL =>
  sql`iif(${hidesGuests(viewer, within)}, '', char(1114111))`;

/** SQL: with how many guests of which companies the viewer shares a space. @param company the viewer's own */
export const guestsOf = (viewer: Viewer, within: { space: 's' | 'space' }, company: SQLWrapper = sql`''`) => {
  const unlessHidden = (hidden: SQL, column: string) =>
    sql`iif(${hidesGuests(viewer, within)}, ${hidden}, ${sql.raw(`${within.space}.${column}`)})`;
  return {
    count: unlessHidden(sql`1`, 'guest_count') as SQL<number>,
    companies: unlessHidden(
      sql`json_array(json_object('name', ${company}, 'count', 1))`,
      'guest_companies',
    ) as SQL<string>,
    more: unlessHidden(sql`0`, 'more_companies') as SQL<number>,
  };
};

/**
 * Guests who see no others have separate counters and indexes. One query choosing between them could use neither index, so it
 * runs in both views; the one that does not apply reads nothing. The whole is what the viewer's kind may read: a guest's has
 * nothing that is only for the company.
 */
export type View = 'whole' | 'without-guests';

export const countersIn = (view: View, { kind }: Pick<Actor, 'kind'>) => {
  const [activity, comments] =
    view === 'without-guests'
      ? ['staff_activity_at', 'staff_comment_count']
      : kind === 'guest'
        ? ['public_activity_at', 'public_comment_count']
        : ['last_activity_at', 'comment_count'];
  return {
    activity: sql.raw(`thread.${activity}`) as SQL<number>,
    comments: sql.raw(`thread.${comments}`) as SQL<number>,
  };
};

/** SQL: whether this view is the viewer's, and all these are in it. */
export const inView = (view: View, viewer: Viewer, within: Within, ...all: Shown[]): SQL => {
  if (view === 'whole') return both(seesGuests(viewer, within), inAudience(viewer, all))!;
  if (viewer.kind === 'user') return sql`0`;
  return both(hidesGuests(viewer, within), byNoOther(viewer, all), inAudience(viewer, all))!;
};

/**
 * SQL: the query for each part of an index that holds what the viewer may see, so that nobody reads what others did.
 * @param row the alias of a row that has stored its audience and owner
 */
export const inParts = (viewer: Viewer, within: Within, row: string, query: (where: SQL) => SQL): SQL[] => {
  const parts = (view: View, owners: SQL[]) =>
    owners.map((owner) => query(sql`${inView(view, viewer, within, { audienceOf: row })} and ${owner}`));
  return [
    ...parts('whole', [sql`1`]),
    ...(viewer.kind === 'user' ? [] : parts('without-guests', ownersFor(viewer, row))),
  ];
};

export const byView = (viewer: Viewer, within: Within, query: (view: View) => SQL): SQL =>
  viewer.kind === 'user'
    ? query('whole')
    : sql`iif(${hidesGuests(viewer, within)}, ${query('without-guests')}, ${query('whole')})`;

export interface Reader {
  id: string;
  seesGuests: boolean;
}

export const readerIn = (
  actor: Pick<Actor, 'id' | 'kind'>,
  { guestsHidden }: Pick<SpaceRow, 'guestsHidden'>,
): Reader => ({
  id: actor.id,
  seesGuests: actor.kind === 'user' || !guestsHidden,
});

export const readerOf = (id: string, column: number): Reader => ({ id, seesGuests: column === 1 });

/** A thread's last activity that the reader may know of. */
export const activityFor = (
  { kind }: Pick<Actor, 'kind'>,
  { seesGuests }: Reader,
  row: Pick<ThreadRow, 'lastActivityAt' | 'publicActivityAt' | 'staffActivityAt'>,
): number => (kind === 'user' ? row.lastActivityAt : seesGuests ? row.publicActivityAt : row.staffActivityAt);

export const guestsSeeEachOther = ({ guestsHidden }: Pick<SpaceRow, 'guestsHidden'>): boolean =>
  !guestsHidden;

/** If false, nothing that all people in the space read may name this person. */
export const everybodySees = (space: Pick<SpaceRow, 'guestsHidden'>, kind: 'user' | 'guest'): boolean =>
  kind === 'user' || guestsSeeEachOther(space);

export const readsAllNames = (reader: Reader, authorId: string | null): boolean =>
  reader.seesGuests || authorId === reader.id;

export const hidesMention =
  (reader: Reader, authorId: string | null) =>
  (m: Mention): boolean =>
    !readsAllNames(reader, authorId) && m.guest === true && m.id !== reader.id;
