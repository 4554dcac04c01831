/** Whom somebody has selected in the list, as SQL, and how many of them an action applies to. */
import { sql, type SQL } from 'drizzle-orm';
import type { Many } from '../../../many';
import type { SignedIn } from '../../context';
import { allow } from '../../policy';
import { isOpenInvitation } from '../../schema';
import { isDown, pageWith, type Filter } from '../page';
import { actions, type State } from './actions';

/** Of those whom a filter finds. More are refused, never cut. */
export const MOST = 10_000;

export type Selection =
  /** `guest:…` and `invitation:…` */
  | { refs: string[] }
  /** Everything that the list shows with this filter. */
  | { filter: Filter }
  /** What an earlier run of the actor's could not do. */
  | { run: string };

/** What goes behind `with`: the rows of `chosen` have a state (`src`), an id, and `k` for their order. */
export function chosenWith(ctx: SignedIn, selection: Selection): SQL {
  if ('filter' in selection) {
    const { filter } = selection;
    return sql`${pageWith(ctx, filter, null, MOST)},
      chosen as materialized (select src, id, row_number() over (order by k ${sql.raw(isDown(filter.order) ? 'desc' : 'asc')}, id) k
        from page where src <> 'more')`;
  }
  const refs =
    'refs' in selection
      ? sql`select distinct value ref, 0 n from json_each(${JSON.stringify(selection.refs)})`
      : sql`select kind || ':' || subject_id ref, n from guest_run_row where outcome in ('refused', 'changed')
          and run_id = (select id from guest_run where id = ${selection.run} and actor_id = ${ctx.actor.id})`;
  return sql`refs as materialized (${refs}), chosen as materialized (
    select u.status src, u.id, n k from refs cross join user u on u.id = substr(ref, length('guest:') + 1)
      where ref glob 'guest:*' and u.kind = 'guest' and u.erased_at is null
    union all
    select i.status, i.id, n from refs cross join invitation i on i.id = substr(ref, length('invitation:') + 1)
      where ref glob 'invitation:*' and i.space_id is not null and (${isOpenInvitation('i')} or i.status = 'declined'))`;
}

const listOf = (states: readonly string[]) => sql.raw(states.map((state) => `'${state}'`).join());

/** SQL: whether the action applies to a row of `chosen`. */
export const applies = (action: Many): SQL =>
  sql`(chosen.src in (${listOf(actions[action].on)}) and ${actions[action].also ?? sql`1`})`;

export interface Beforehand {
  /** How many of each it applies to. */
  counts: Partial<Record<State, number>>;
  total: number;
  /** Selected, but left as they are. */
  others: number;
}

/** How many are selected; null if they are more than `MOST`. Without an action, of each state. */
export async function beforehand(
  ctx: SignedIn,
  action: Many | null,
  selection: Selection,
): Promise<Beforehand | null> {
  allow(ctx, 'site.administer');
  const { found } = await ctx.read({
    found: ctx.db.all<{ src: State; n: number; others: number }>(sql`
      with ${chosenWith(ctx, selection)}
      select src, sum(fits) n, sum(1 - fits) others from (select src, ${action ? applies(action) : sql`1`} fits from chosen) group by src`),
  });
  const sum = (of: 'n' | 'others') => found.reduce((all, row) => all + row[of], 0);
  if (sum('n') + sum('others') > MOST) return null;
  return {
    counts: Object.fromEntries(found.filter(({ n }) => n > 0).map(({ src, n }) => [src, n])),
    total: sum('n'),
    others: sum('others'),
  };
}
