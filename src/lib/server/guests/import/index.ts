/**
 * Inviting many people from a list. Nothing of a list is in the database: it waits sealed in KV, under a new token after each change, so Back
 * and a second window show what was there. Each line is invited by the rule for everybody, by whoever runs its space.
 */
import type { Locale, MessageKey } from '../../../messages';
import * as aside from '../../aside';
import type { SignedIn } from '../../context';
import { randomId } from '../../crypto';
import { Refusal } from '../../errors';
import * as invitations from '../../invitations';
import { allow } from '../../policy';
import { check, type Checked } from './check';
import { linesOf, MOST, textOf, type Line } from './lines';

/** In seconds. */
const KEPT = 2 * 60 * 60;
/** Of one step: invitations to one space with the same words, each a commit, and addresses of all. */
const STEP = { groups: 10, lines: 500 };

interface Kept {
  of: string;
  /** What was sent is not sent again, from whatever state of the list. */
  key: string;
  lines: Line[];
  /** It is being sent. */
  going: boolean;
}

async function keep(ctx: SignedIn, list: Omit<Kept, 'of'>): Promise<string> {
  const token = await aside.put(ctx, 'guest-import', JSON.stringify({ of: ctx.actor.id, ...list }), KEPT);
  if (token === null) throw new Refusal('unavailable', { key: 'import.not-kept' });
  return token;
}

async function found(ctx: SignedIn, token: string): Promise<Kept | null> {
  allow(ctx, 'site.administer');
  const list = JSON.parse((await aside.get(ctx, 'guest-import', token)) ?? 'null') as Kept | null;
  return list?.of === ctx.actor.id ? list : null;
}

async function kept(ctx: SignedIn, token: string): Promise<Kept> {
  const list = await found(ctx, token);
  if (!list) throw new Refusal('conflict', { key: 'import.gone' });
  return list;
}

interface Given {
  csv: string;
  file: Uint8Array | null;
  /** Of lines that name none. */
  space: string;
}

/** @returns the token of the list */
export function read(ctx: SignedIn, { csv, file, space }: Given): Promise<string> {
  allow(ctx, 'site.administer');
  const text = file ? textOf(file) : csv;
  if (text.trim() === '') throw new Refusal('invalid', { key: 'import.nothing', field: 'csv' });
  return keep(ctx, { key: randomId(), lines: linesOf(text, space), going: false });
}

export interface Mended extends Pick<Line, 'n' | 'email' | 'space' | 'language' | 'message'> {
  leave: boolean;
}

/** What was typed into faulty lines. Who was refused is asked about again. */
function mendedLines(lines: Line[], mended: Mended[]): Line[] {
  const byNumber = new Map(mended.map((one) => [one.n, one]));
  return lines.flatMap((line) => {
    const typed = byNumber.get(line.n);
    if (!typed || (line.outcome && line.outcome.result !== 'refused')) return [line];
    const { n, email, space, language, message } = typed;
    return typed.leave ? [] : [{ n, email, space, language, message }];
  });
}

export async function mend(ctx: SignedIn, token: string, mended: Mended[]): Promise<string> {
  const list = await kept(ctx, token);
  return keep(ctx, { ...list, lines: mendedLines(list.lines, mended), going: false });
}

/** Sends what can be sent, a step of it. @returns the token of the list as it is then */
export async function send(ctx: SignedIn, token: string, mended: Mended[] = []): Promise<string> {
  const list = await kept(ctx, token);
  const lines = mendedLines(list.lines, mended);
  const checked = await check(ctx, lines);
  const outcomes = new Map<number, NonNullable<Line['outcome']>>();
  let left = STEP.lines;
  for (const group of groupsOf(checked).slice(0, STEP.groups)) {
    if (left <= 0) break;
    const part = group.slice(0, left);
    left -= part.length;
    for (const [n, outcome] of await invite(ctx, list.key, part)) outcomes.set(n, outcome);
  }
  const now = lines.map((line) => ({ ...line, outcome: outcomes.get(line.n) ?? line.outcome }));
  const more = checked.filter(({ ready }) => ready).length > outcomes.size;
  return keep(ctx, { ...list, lines: now, going: more });
}

type Ready = Checked & { ready: NonNullable<Checked['ready']> };

/** Of one space, with the same words. */
function groupsOf(checked: Checked[]): Ready[][] {
  const groups = new Map<string, Ready[]>();
  for (const one of checked) {
    if (!one.ready) continue;
    const key = JSON.stringify([one.ready.spaceId, one.ready.locale, one.line.message]);
    const group = groups.get(key) ?? [];
    group.push(one as Ready);
    groups.set(key, group);
  }
  return [...groups.values()];
}

async function invite(
  ctx: SignedIn,
  requestKey: string,
  group: Ready[],
): Promise<[number, NonNullable<Line['outcome']>][]> {
  const [{ ready, line }] = group as [Ready];
  const refused = (reason: MessageKey) =>
    group.map(({ line: { n } }) => [n, { result: 'refused', reason }] as never);
  try {
    const words = await wordsFor(ctx, ready.spaceId, ready.locale);
    const outcomes = await invitations.inviteGuests(ctx, ready.spaceId, {
      addresses: group.map((one) => one.ready.address.original).join('\n'),
      subject: words.subject,
      message: line.message || words.message,
      locale: ready.locale,
      requestKey,
    });
    const byEmail = new Map(outcomes.map((outcome) => [outcome.email, outcome]));
    return group.map((one) => {
      const outcome = byEmail.get(one.ready.address.email);
      if (!outcome || outcome.result === 'left-out')
        return [one.line.n, { result: 'refused', reason: 'many.not-now' }];
      return [
        one.line.n,
        outcome.result === 'refused'
          ? { result: 'refused', reason: outcome.reason, at: outcome.at }
          : { result: outcome.result },
      ];
    });
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    const { kind, detail } = thrown;
    // Whoever invites too much for now goes on later: nothing of the list is lost.
    if (kind === 'throttled') throw thrown;
    if (kind === 'missing' || kind === 'forbidden') return refused('import.unknown-space');
    return refused(detail.key && !detail.params ? detail.key : 'many.not-now');
  }
}

const wordsFor = async (ctx: SignedIn, spaceId: number, locale: Locale) =>
  (await invitations.readyWords(ctx, spaceId))[locale];

/** The page of a list. Null if it is no longer there. */
export async function look(ctx: SignedIn, token: string) {
  const list = await found(ctx, token);
  if (!list) return null;
  const checked = await check(ctx, list.lines);
  const of = (result: string) => list.lines.filter(({ outcome }) => outcome?.result === result);
  return {
    going: list.going,
    total: list.lines.length,
    faulty: checked.flatMap(({ line, fault }) => (fault ? [{ ...line, fault }] : [])),
    ready: checked.flatMap(({ line, ready }) =>
      ready ? [{ n: line.n, email: ready.address.original, spaceName: ready.spaceName }] : [],
    ),
    outcomes: {
      sent: of('sent').map(told),
      again: of('sent-again').map(told),
      active: of('already-active').map(told),
    },
  };
}

const told = ({ n, email, space }: Line) => ({ n, email, spaceName: space });

export { MOST };
