import { startOfDay } from '../../zones';
import type { Ctx } from '../context';
import { isGroup } from './kinds';
import type { Filter } from './list';

/** From the address of the page. Days are the reader's; what can't be read filters nothing. */
export function filterOf(ctx: Ctx, query: URLSearchParams) {
  const given = (name: string) => query.get(name)?.slice(0, 100).trim() ?? '';
  const [person, space, group] = [given('person'), given('space'), given('group')];
  const from = startOfDay(given('from'), ctx.timeZone);
  const to = startOfDay(given('to'), ctx.timeZone, 1);
  return {
    shown: {
      person,
      space,
      group: isGroup(group) ? group : '',
      from: from === null ? '' : given('from'),
      to: to === null ? '' : given('to'),
    },
    filter: { person, space, group: isGroup(group) ? group : null, from, to } satisfies Filter,
  };
}
