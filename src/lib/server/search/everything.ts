/** One search for spaces, people, files and texts: all together on a page, one kind page by page, or a few while typing. */
import { SEARCH_KINDS, type Suggestions } from '../../search';
import type { SignedIn } from '../context';
import * as limits from '../limits';
import { everywhereQueries, foundEverywhere } from './find';
import { named, namedQueries } from './named';

/** Of a kind beside the others, on pages of its own, and while typing. */
const FEW = 5;
const PAGE = 50;
const OFFERED = 4;

/**
 * @param after where the previous page of this kind ended
 * @param limit that the search counts towards
 */
export async function everything(
  ctx: SignedIn,
  typed: string,
  { kind: given, after }: { kind: string | null; after: string | null },
  limit: limits.Counted | null = null,
) {
  const kind = SEARCH_KINDS.find((one) => one === given) ?? null;
  if (kind === 'texts') {
    const rows = await limits.read(ctx, limit, everywhereQueries(ctx, typed, after));
    return { typed, kind, found: null, texts: await foundEverywhere(ctx, rows, typed, after) };
  }
  const few = { size: FEW };
  const windows =
    kind === null ? { spaces: few, people: few, files: few } : { [kind]: { size: PAGE, after } };
  const names = namedQueries(ctx, typed, windows, { page: true });
  if (kind !== null)
    return { typed, kind, found: named(await limits.read(ctx, limit, names), windows), texts: null };
  const rows = await limits.read(ctx, limit, { ...names, ...everywhereQueries(ctx, typed) });
  return { typed, kind, found: named(rows, windows), texts: await foundEverywhere(ctx, rows, typed) };
}

/** While somebody types, the first of each kind. The page has the rest. */
export async function suggest(
  ctx: SignedIn,
  typed: string,
  limit: limits.Counted | null = null,
): Promise<Suggestions> {
  const window = { size: OFFERED };
  const windows = { spaces: window, people: window, files: window };
  const rows = await limits.read(ctx, limit, {
    ...namedQueries(ctx, typed, windows, { page: false }),
    ...everywhereQueries(ctx, typed, null, OFFERED),
  });
  const found = named(rows, windows);
  const texts = await foundEverywhere(ctx, rows, typed, null, OFFERED);
  return {
    spaces: found.spaces.rows,
    people: found.people.rows,
    files: found.files.rows,
    texts: texts.hits,
  };
}
