import type { Outcome } from './guests';

/** What the page says of them: numbers, and each refused address. */
export function summaryOf(outcomes: Outcome[]) {
  const count = (...results: string[]) => outcomes.filter((o) => results.includes(o.result)).length;
  return {
    refused: outcomes.filter((o) => o.result === 'refused'),
    sent: count('sent', 'sent-again'),
    active: count('already-active'),
    left: count('left-out'),
  };
}

type Summary = ReturnType<typeof summaryOf>;

/** For an address, to be said there. */
export const newsOf = ({ sent, active, left }: Summary): string =>
  `done=invited&sent=${sent}&active=${active}&left=${left}`;

/** To be corrected in the box. */
export const refusedAddresses = ({ refused }: Summary): string => refused.map((o) => o.typed).join('\n');
