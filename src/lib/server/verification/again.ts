import { and, eq, gt, sql } from 'drizzle-orm';
import { MINUTE } from '../../time';
import type { Ctx } from '../context';
import { hashToken } from '../crypto';
import * as rateLimit from '../rate-limit';
import { loginChallenge } from '../schema';
import { codeOf } from './code';
import { handedOf } from './handed';

const SECOND_POST = MINUTE;

/** Kept a little, so that the same code posted again (double click) is recognised. */
export const endStep = (ctx: Ctx): void => {
  const token = ctx.cookies.get('foyer-step');
  if (token) ctx.cookies.set('foyer-step', token, SECOND_POST / 1000);
};

/** A code that has just passed, posted once more from the same browser. Null: it is no such post. */
export async function passedAgain(ctx: Ctx, typed: string): Promise<{ userId: string; next: string } | null> {
  const token = ctx.cookies.get('foyer-step');
  const code = codeOf(typed) ?? handedOf(typed);
  if (!token || !code) return null;
  const [row] = await ctx.db
    .select({
      userId: sql<string | null>`coalesce(${loginChallenge.userId},
        (select accepted_by from invitation where id = ${loginChallenge.invitationId}))`,
      next: loginChallenge.next,
    })
    .from(loginChallenge)
    .where(
      and(eq(loginChallenge.id, hashToken(token)), gt(loginChallenge.consumedAt, ctx.now - SECOND_POST)),
    );
  if (!row?.userId || !(await rateLimit.wasCarriedOut(ctx, token, SECOND_POST, code))) return null;
  return { userId: row.userId, next: row.next };
}
