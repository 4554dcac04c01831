import type { Outcome } from './guests';

/** Of the entries without an address, which may be people whose address was mistyped: so many are named. */
const NAMED = 10;
const LONG = 80;

/** What the page says of them: numbers, and each refused address. */
export function summaryOf(outcomes: Outcome[]) {
  const count = (...results: string[]) => outcomes.filter((o) => results.includes(o.result)).length;
  return {
    refused: outcomes.filter((o) => o.result === 'refused'),
    sent: count('sent', 'sent-again'),
    active: count('already-active'),
    left: count('left-out'),
    skipped: outcomes
      .filter((o) => o.result === 'left-out')
      .slice(0, NAMED)
      .map(({ typed }) => ([...typed].length > LONG ? `${[...typed].slice(0, LONG).join('')}…` : typed)),
  };
}

type Summary = ReturnType<typeof summaryOf>;

/** For an address, to be said there. */
export const newsOf = ({ sent, active, left }: Summary): string =>
  `done=invited&sent=${sent}&active=${active}&left=${left}`;

/** To be corrected in the box. */
export const refusedAddresses = ({ refused }: Summary): string => refused.map((o) => o.typed).join('\n');
