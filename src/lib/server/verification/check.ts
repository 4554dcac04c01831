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

/** Wrong codes in a row are counted for a known browser, an account or an invitation. */
const codesOf = async (ctx: Ctx, challenge: Challenge, email: string) =>
  challenge.purpose === 'signup'
    ? { kind: 'code' as const, value: `sign-up:${challenge.invitationId}`, device: null }
    : { kind: 'code' as const, value: email, device: await sessions.knownDevice(ctx, email) };

/** `consume` uses the code up, and must come first in the batch that acts on it. */
export interface Passed {
  challenge: Challenge;
  email: string;
  consume: Statement[];
}

/** Five wrong codes end the challenge. Returns statements instead of writing: the first batch that commits them uses the code. */
export async function check(ctx: Ctx, typed: string, formKey?: string): Promise<Passed> {
  const found = await find(ctx);
  if (!found) throw new Refusal('conflict', { key: 'verify.gone' });
  const { challenge, email } = found;
  const code = codeOf(typed);
  // Not an attempt, because no code looks like this.
  if (!code) throw new Refusal('invalid', { key: 'verify.wrong-format', field: 'code' });
  const post = rateLimit.postKey(ctx, formKey, 'code', challenge.id, challenge.codeKey ?? '', code);
  if (await rateLimit.isRepeated(ctx, { post })) throw wrong((await find(ctx))?.challenge.tries ?? TRIES);
  // The challenge's own count first, so that only a valid code can use up anybody's attempts.
  const [row] = await ctx.db
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
    .returning();
  if (!row?.codeKey) {
    await ctx.commit(rateLimit.forgetPost(ctx, { post }));
    throw new Refusal('conflict', {
      key: (challenge.codeExpiresAt ?? 0) <= ctx.now ? 'verify.expired' : 'verify.ended',
      field: 'code',
    });
  }
  const tried = await rateLimit.attemptOf(ctx, await codesOf(ctx, challenge, email), post);
  const [inARow, clientIps] = await ctx.db.batch(rateLimit.counting(ctx, tried));
  let locks;
  try {
    locks = await rateLimit.decide(ctx, tried, inARow, clientIps);
  } catch (error) {
    await ctx.db
      .update(loginChallenge)
      .set({ tries: sql`max(0, tries - 1)` })
      .where(eq(loginChallenge.id, row.id));
    throw error;
  }
  const expected = await ctx.kv.get(row.codeKey);
  const hashed = (secret: Secret) => keyedHash(secret, 'code', `${row.id}:${code}`);
  if (!expected || !isMadeBy(ctx.config.secret, hashed, expected)) {
    await ctx.commit([
      ...rateLimit.failed(ctx, tried),
      record(ctx, {
        kind: 'account.step-failed',
        subject: subjectOf(row),
        detail: { purpose: row.purpose },
        by: nobody,
      }),
      ...recordLocks(ctx, subjectOf(row), locks),
      row.userId && locks.includes('name') ? rateLimit.locksOut(ctx, tried.inARow, row.userId) : null,
    ]);
    throw wrong(row.tries);
  }
  return {
    challenge: row,
    email,
    consume: [
      ctx.db
        .update(loginChallenge)
        .set({ consumedAt: ctx.now, codeKey: null, passwordHash: null, sealedPassword: null })
        .where(
          and(
            eq(loginChallenge.id, row.id),
            isNull(loginChallenge.consumedAt),
            eq(loginChallenge.codeKey, row.codeKey),
          ),
        ),
      must(ctx, changed()),
      rateLimit.carriedOut(ctx, ctx.cookies.get('foyer-step')!, code),
      ...rateLimit.settleSuccess(ctx, tried),
      ...record(ctx, {
        kind: 'account.step-passed',
        subject: subjectOf(row),
        detail: { purpose: row.purpose },
        by: nobody,
      }),
    ],
  };
}

const wrong = (tries: number): Refusal =>
  new Refusal('invalid', {
    key: tries >= TRIES ? 'verify.ended' : 'verify.wrong',
    params: { left: Math.max(0, TRIES - tries) },
    field: 'code',
  });
