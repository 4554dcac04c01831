import { guestStatuses } from '../invitations';
import { ORDERS, type Filter } from './page';

/** Among the statuses in the filter of the page. */
const UNSPONSORED = 'unsponsored';

/** From the address of the page. What can't be read filters nothing. */
export function filterOf(query: URLSearchParams): Filter {
  const given = (name: string) => query.get(name)?.slice(0, 100).trim() ?? '';
  return {
    search: given('search'),
    status: guestStatuses.find((one) => one === given('status')) ?? null,
    space: given('space'),
    company: given('company'),
    sponsor: given('sponsor'),
    unsponsored: given('status') === UNSPONSORED,
    order: ORDERS.find((one) => one === given('order')) ?? 'name',
  };
}
