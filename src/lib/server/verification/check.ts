import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { changed, must, type Ctx, type Statement } from '../context';
import { isMadeBy, keyedHash, type Secret } from '../crypto';
import { Refusal } from '../errors';
import { nobody, record, recordLocks } from '../events';
import * as rateLimit from '../rate-limit';
import { loginChallenge } from '../schema';
import * as sessions from '../sessions';
import { find, subjectOf, TRIES, type Challenge } from './challenge';
import { codeOf } from './code';
import { endHanded, giveBackHanded, handedHash, handedOf, tryHanded, useHanded } from './handed';

/** Wrong codes in a row are counted for a known browser, an account or an invitation. */
const codesOf = async (ctx: Ctx, challenge: Challenge, email: string) =>
  challenge.purpose === 'signup'
    ? { kind: 'code' as const, value: `sign-up:${challenge.invitationId}`, device: null }
    : { kind: 'code' as const, value: email, device: await sessions.knownDevice(ctx, email) };

/** `consume` uses the code up, and must come first in the batch that acts on it. */
export interface Passed {
  challenge: Challenge;
  email: string;
  /** By an administrator, not by mail: it proves no mailbox. */
  handed: boolean;
  consume: Statement[];
}

/** Where a typed code is counted, compared and used up. */
interface Source {
  /** Counts the try, if there is a code that may be tried. */
  count(): Promise<{ codeKey: string | null; tries: number } | undefined>;
  giveBack(): Statement;
  hashed(secret: Secret, codeKey: string): string;
  /** Why it could not be tried. */
  gone(): Refusal;
  wrong(tries: number): Refusal;
  use(codeKey: string): Statement[];
}

/** Five wrong codes end the challenge. Returns statements instead of writing: the first batch that commits them uses the code. */
export async function check(ctx: Ctx, typed: string, formKey?: string): Promise<Passed> {
  const found = await find(ctx);
  if (!found) throw new Refusal('conflict', { key: 'verify.gone' });
  const { challenge, email } = found;
  const { userId } = challenge;
  const handed = challenge.purpose === 'login' && userId !== null ? handedOf(typed) : null;
  const code = handed ?? codeOf(typed);
  // Not an attempt, because no code looks like this.
  if (!code) throw new Refusal('invalid', { key: 'verify.wrong-format', field: 'code' });
  const source = handed === null ? mailed(ctx, challenge, code) : byHand(ctx, challenge, userId!, code);
  const post = rateLimit.postKey(ctx, formKey, 'code', challenge.id, challenge.codeKey ?? '', code);
  if (await rateLimit.isRepeated(ctx, { post }))
    throw handed === null
      ? source.wrong((await find(ctx))?.challenge.tries ?? TRIES)
      : new Refusal('invalid', { key: 'verify.handed-wrong', field: 'code' });
  // The code's own count first, so that only a valid code can use up anybody's attempts.
  const row = await source.count();
  if (!row?.codeKey) {
    await ctx.commit(rateLimit.forgetPost(ctx, { post }));
    throw source.gone();
  }
  const { codeKey } = row;
  const tried = await rateLimit.attemptOf(ctx, await codesOf(ctx, challenge, email), post);
  const [inARow, clientIps] = await ctx.db.batch(rateLimit.counting(ctx, tried));
  let locks;
  try {
    locks = await rateLimit.decide(ctx, tried, inARow, clientIps);
  } catch (error) {
    await ctx.db.batch([source.giveBack()] as never);
    throw error;
  }
  const expected = await ctx.kv.get(codeKey);
  const of = { purpose: challenge.purpose, ...(handed !== null && { handed: true }) };
  const subject = subjectOf(challenge);
  if (!expected || !isMadeBy(ctx.config.secret, (secret) => source.hashed(secret, codeKey), expected)) {
    await ctx.commit([
      ...rateLimit.failed(ctx, tried),
      record(ctx, { kind: 'account.step-failed', subject, detail: of, by: nobody }),
      ...recordLocks(ctx, subject, locks),
      userId && locks.includes('name') ? rateLimit.locksOut(ctx, tried.inARow, userId) : null,
    ]);
    throw source.wrong(row.tries);
  }
  return {
    challenge,
    email,
    handed: handed !== null,
    consume: [
      ...source.use(codeKey),
      rateLimit.carriedOut(ctx, ctx.cookies.get('foyer-step')!, code),
      ...rateLimit.settleSuccess(ctx, tried),
      ...record(ctx, { kind: 'account.step-passed', subject, detail: of, by: nobody }),
    ],
  };
}

/** Of a challenge that is still open, whichever code passes it. */
const consume = (ctx: Ctx, id: string, codeKey?: string): Statement[] => [
  ctx.db
    .update(loginChallenge)
    .set({ consumedAt: ctx.now, codeKey: null, passwordHash: null, sealedPassword: null })
    .where(
      and(
        eq(loginChallenge.id, id),
        isNull(loginChallenge.consumedAt),
        codeKey === undefined ? undefined : eq(loginChallenge.codeKey, codeKey),
      ),
    ),
  must(ctx, changed()),
];

const mailed = (ctx: Ctx, challenge: Challenge, code: string): Source => ({
  count: async () =>
    (
      await ctx.db
        .update(loginChallenge)
        .set({ tries: sql`tries + 1` })
        .where(
          and(
            eq(loginChallenge.id, challenge.id),
            isNull(loginChallenge.consumedAt),
            gt(loginChallenge.codeExpiresAt, ctx.now),
            lt(loginChallenge.tries, TRIES),
          ),
        )
        .returning({ codeKey: loginChallenge.codeKey, tries: loginChallenge.tries })
    )[0],
  giveBack: () =>
    ctx.db
      .update(loginChallenge)
      .set({ tries: sql`max(0, tries - 1)` })
      .where(eq(loginChallenge.id, challenge.id)),
  hashed: (secret) => keyedHash(secret, 'code', `${challenge.id}:${code}`),
  gone: () =>
    new Refusal('conflict', {
      key: (challenge.codeExpiresAt ?? 0) <= ctx.now ? 'verify.expired' : 'verify.ended',
      field: 'code',
    }),
  wrong: (tries) =>
    new Refusal('invalid', {
      key: tries >= TRIES ? 'verify.ended' : 'verify.wrong',
      params: { left: Math.max(0, TRIES - tries) },
      field: 'code',
    }),
  use: (codeKey) => [
    ...consume(ctx, challenge.id, codeKey),
    // It was for the next second step.
    ...(challenge.userId ? [endHanded(ctx, challenge.userId)] : []),
  ],
});

const byHand = (ctx: Ctx, challenge: Challenge, userId: string, code: string): Source => ({
  count: async () => (await tryHanded(ctx, userId))[0],
  giveBack: () => giveBackHanded(ctx, userId),
  hashed: (secret, codeKey) => handedHash(secret, userId, codeKey, code),
  gone: () => new Refusal('conflict', { key: 'verify.handed-ended', field: 'code' }),
  wrong: (tries) =>
    new Refusal('invalid', {
      key: tries >= TRIES ? 'verify.handed-ended' : 'verify.handed-wrong',
      field: 'code',
    }),
  use: (codeKey) => [...consume(ctx, challenge.id), ...useHanded(ctx, userId, codeKey)],
});
