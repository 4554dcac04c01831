/** Pages of hits. A next page exists only if the viewer may see a hit on it, so nothing reveals hidden ones. */
import { and, eq, isNull } from 'drizzle-orm';
import type { Hit } from '../../search';
import * as access from '../access';
import type { Rows, SignedIn } from '../context';
import * as limits from '../limits';
import { membership, space } from '../schema';
import * as entries from './entries';
import { present } from './excerpt';
import { hitsQuery, PAGE, seen, SPACES, type Row, type Seen } from './hits';
import { termsOf, type Sought } from './terms';

/** Further reads if the viewer may not see some of the first rows. */
const MORE = { rows: 100, rounds: 10 };

export interface Found {
  typed: string;
  hits: Hit[];
  next: string | null;
  cut: boolean;
  /** The index is being rebuilt: older texts may be missing. */
  incomplete: boolean;
  /** The number of spaces searched (visited last), if the viewer is in more. */
  onlySpaces: number | null;
}

const last = Number.MAX_SAFE_INTEGER;

function keysOf(before: string | null): { thread: number; comment: number } {
  const [, thread, comment] = /^(\d{1,16})-(\d{1,16})$/.exec(before ?? '') ?? [];
  return { thread: Number(thread ?? last), comment: Number(comment ?? last) };
}

interface List {
  threads: boolean;
  rows: Seen[];
  read: number;
  more: boolean;
}

/** By time, from both lists. Reads more if too many rows are hidden from the viewer. */
async function page(
  ctx: SignedIn,
  typed: string,
  { terms, cut }: Sought,
  before: string | null,
  first: { threads: Row[]; comments: Row[]; state: { value: string }[] },
  { inSpace, size = PAGE }: { inSpace?: number; size?: number } = {},
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
    take(list, rows, size + 1);
    return list;
  };
  const lists = [begun(true, keys.thread, first.threads), begun(false, keys.comment, first.comments)];
  const short = () => lists.filter((list) => list.more && list.rows.length <= size);
  for (let round = 0; round < MORE.rounds && short().length > 0; round++)
    for (const list of short())
      take(list, await hitsQuery(ctx, terms, list.threads, list.read, inSpace, MORE.rows), MORE.rows);
  const all = lists.flatMap(({ rows }) => rows).sort((a, b) => b.createdAt - a.createdAt || b.key - a.key);
  const shown = new Set(all.slice(0, size));
  // After the last shown hit of each list, or after everything read if none is left.
  const end = ({ rows, read }: List, key: number) => {
    const here = rows.filter((row) => shown.has(row)).map((row) => row.key);
    return here.length < rows.length ? Math.min(key, ...here) : read;
  };
  const more = all.length > size || short().length > 0;
  return {
    typed,
    hits: [...shown].map((row) => present(row, terms)),
    next: more ? `${end(lists[0]!, keys.thread)}-${end(lists[1]!, keys.comment)}` : null,
    cut,
    incomplete: entries.isIncomplete(first.state),
    onlySpaces: null,
  };
}

/** 404 if the space is out of reach. @param limit that the search counts towards */
export async function inSpace(
  ctx: SignedIn,
  spaceId: number,
  typed: string,
  before: string | null = null,
  limit: limits.Counted | null = null,
) {
  const sought = termsOf(typed);
  const { thread, comment } = keysOf(before);
  const { reach, guests, threads, comments, state } = await limits.read(
    ctx,
    limit,
    {
      reach: access.spaceQuery(ctx, spaceId),
      guests: access.sharedQuery(ctx, spaceId),
      threads: hitsQuery(ctx, sought.terms, true, thread, spaceId),
      comments: hitsQuery(ctx, sought.terms, false, comment, spaceId),
      state: entries.stateQuery(ctx),
    },
    () => access.requireSpace(ctx, spaceId),
  );
  const { id, name } = access.foundSpace(ctx, reach);
  const found = await page(ctx, typed, sought, before, { threads, comments, state }, { inSpace: spaceId });
  return { space: { id, name }, ...access.shared(guests), ...found };
}

/** Texts of all spaces, for a batch. @param size of the page */
export function everywhereQueries(ctx: SignedIn, typed: string, before: string | null = null, size = PAGE) {
  const sought = termsOf(typed);
  const { thread, comment } = keysOf(before);
  return {
    threads: hitsQuery(ctx, sought.terms, true, thread, undefined, size + 1),
    comments: hitsQuery(ctx, sought.terms, false, comment, undefined, size + 1),
    state: entries.stateQuery(ctx),
    own: ctx.db
      .select({ id: space.id })
      .from(membership)
      .innerJoin(space, and(eq(space.id, membership.spaceId), isNull(space.deletedAt)))
      .where(and(eq(membership.userId, ctx.actor.id), access.lasting(ctx)))
      .limit(SPACES + 1),
  };
}

/** What `everywhereQueries` of the same search found. */
export async function foundEverywhere(
  ctx: SignedIn,
  { own, ...first }: Rows<ReturnType<typeof everywhereQueries>>,
  typed: string,
  before: string | null = null,
  size = PAGE,
): Promise<Found> {
  const found = await page(ctx, typed, termsOf(typed), before, first, { size });
  return { ...found, onlySpaces: own.length > SPACES ? SPACES : null };
}

export const everywhere = async (
  ctx: SignedIn,
  typed: string,
  before: string | null = null,
): Promise<Found> =>
  foundEverywhere(ctx, await ctx.read(everywhereQueries(ctx, typed, before)), typed, before);
