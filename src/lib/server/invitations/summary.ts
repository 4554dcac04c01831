import { SKIPPED, type Skipped } from '../../invited';
import { HOUR } from '../../time';
import * as aside from '../aside';
import type { SignedIn } from '../context';
import type { Outcome } from './guests';

const LONG = 80;
/** In seconds. */
const KEPT = HOUR / 1000;
const resultOf = { again: 'sent-again', active: 'already-active', left: 'left-out' } as const;

/** What the page says of them: numbers, each refused address, and by reason who else was not newly invited. */
export function summaryOf(outcomes: Outcome[]) {
  const of = (...results: string[]) => outcomes.filter((o) => results.includes(o.result));
  const skipped = SKIPPED.map((why): Skipped => ({
    why,
    names: of(resultOf[why]).map(({ typed }) => cut(typed)),
  }));
  return {
    refused: outcomes.filter((o) => o.result === 'refused'),
    sent: of('sent', 'sent-again').length,
    active: of('already-active').length,
    left: of('left-out').length,
    skipped: skipped.filter(({ names }) => names.length > 0),
  };
}

const cut = (typed: string): string =>
  [...typed].length > LONG ? `${[...typed].slice(0, LONG).join('')}…` : typed;

type Summary = ReturnType<typeof summaryOf>;

/** For an address, to be said there. The names would be too long for it: they wait in KV, sealed, for their sender. */
export async function newsOf(
  ctx: SignedIn,
  spaceId: number,
  { sent, active, left, skipped }: Summary,
): Promise<string> {
  const counts = `done=invited&sent=${sent}&active=${active}&left=${left}`;
  if (skipped.length === 0) return counts;
  const token = await aside.put(
    ctx,
    'skipped',
    JSON.stringify({ of: [ctx.actor.id, spaceId], skipped }),
    KEPT,
  );
  return token ? `${counts}&skipped=${token}` : counts;
}

/** What `newsOf` kept; nothing for anybody else. */
export async function skippedAt(ctx: SignedIn, spaceId: number, token: string | null): Promise<Skipped[]> {
  const kept = token && (await aside.get(ctx, 'skipped', token));
  const { of, skipped } = JSON.parse(kept || '{}') as { of?: [string, number]; skipped?: Skipped[] };
  return of?.[0] === ctx.actor.id && of[1] === spaceId ? (skipped ?? []) : [];
}

/** To be corrected in the box. */
export const refusedAddresses = ({ refused }: Summary): string => refused.map((o) => o.typed).join('\n');
