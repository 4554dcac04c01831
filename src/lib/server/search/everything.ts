/** One search for spaces, people, files and texts: all together on a page, one kind page by page, or a few while typing. */
import { SEARCH_KINDS, type SearchKind, type Suggestions } from '../../search';
import type { SignedIn } from '../context';
import { everywhere } from './find';
import { named } from './named';

/** Of a kind beside the others, on pages of its own, and while typing. */
const FEW = 5;
const PAGE = 50;
const OFFERED = 4;

/** @param after where the previous page of this kind ended */
export async function everything(
  ctx: SignedIn,
  typed: string,
  { kind: given, after }: { kind: string | null; after: string | null },
) {
  const kind = SEARCH_KINDS.find((one) => one === given) ?? null;
  const wants = (one: SearchKind) => kind === null || kind === one;
  const window = kind === null ? { size: FEW } : { size: PAGE, after };
  const [found, texts] = await Promise.all([
    kind === 'texts'
      ? null
      : named(
          ctx,
          typed,
          {
            ...(wants('spaces') && { spaces: window }),
            ...(wants('people') && { people: window }),
            ...(wants('files') && { files: window }),
          },
          { page: true },
        ),
    wants('texts') ? everywhere(ctx, typed, kind === null ? null : after) : null,
  ]);
  return { typed, kind, found, texts };
}

/** While somebody types, the first of each kind. The page has the rest. */
export async function suggest(ctx: SignedIn, typed: string): Promise<Suggestions> {
  const window = { size: OFFERED };
  const [found, texts] = await Promise.all([
    named(ctx, typed, { spaces: window, people: window, files: window }, { page: false }),
    everywhere(ctx, typed, null, OFFERED),
  ]);
  return {
    spaces: found.spaces.rows,
    people: found.people.rows,
    files: found.files.rows,
    texts: texts.hits,
  };
}
