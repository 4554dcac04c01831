import type { Many } from '../../../many';
import type { SignedIn } from '../../context';
import type { Filter } from '../page';
import { beforehand, MOST, type Beforehand, type Selection } from './choose';
import { isMany } from './run';

const REF = /^(?:invitation|guest):[a-z2-7]{16}$/;
/** More than a page has. */
const PICKS = 100;

export interface Selected {
  /** Of this page: some, or all of it. */
  picks: string[];
  page: boolean;
  /** Of all that the filter finds, how many; null if that is not what is selected. */
  all: number | null;
  /** More than can be worked on: how many can. */
  tooMany: number | null;
  /** What is asked about. */
  asked: { action: Many; about: Beforehand } | null;
  /** Why nothing is asked. */
  none: 'nobody' | 'none-apply' | null;
}

/** What the address of the list selects, and what it wants to do to that. */
export async function selected(ctx: SignedIn, query: URLSearchParams, filter: Filter): Promise<Selected> {
  const picks = query
    .getAll('pick')
    .filter((ref) => REF.test(ref))
    .slice(0, PICKS);
  const whole = query.get('selected') === 'all';
  const action = isMany(query.get('do')) ? (query.get('do') as Many) : null;
  const nothing = {
    picks,
    page: query.get('selected') === 'page',
    all: null,
    tooMany: null,
    asked: null,
    none: null,
  };
  if (!whole && !action) return nothing;
  if (!whole && picks.length === 0) return { ...nothing, none: 'nobody' };
  const selection: Selection = whole ? { filter } : { refs: picks };
  const about = await beforehand(ctx, action, selection);
  if (about === null) return { ...nothing, tooMany: MOST };
  return {
    ...nothing,
    all: whole ? about.total + about.others : null,
    asked: action && about.total > 0 ? { action, about } : null,
    none: action && about.total === 0 ? 'none-apply' : null,
  };
}
