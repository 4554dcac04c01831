import { and, eq, gt, isNotNull, sql } from 'drizzle-orm';
import * as access from '../access';
import { must, type SignedIn } from '../context';
import { record } from '../events';
import * as paging from '../paging';
import { allow } from '../policy';
import * as rateLimit from '../rate-limit';
import { throttle, user } from '../schema';

const SHOWN = 50;

/** Accounts that a lock keeps out, by address. One of their browsers may be known, and let in all the same. */
export async function locked(ctx: SignedIn, after: string | null) {
  allow(ctx, 'site.administer');
  const last = paging.read(after, 'text');
  const { found } = await ctx.read({
    found: ctx.db
      .select({
        id: user.id,
        name: user.name,
        kind: user.kind,
        company: user.company,
        email: user.email,
        until: sql<number>`max(${throttle.lockedUntil})`.as('until'),
      })
      .from(throttle)
      .innerJoin(user, eq(user.id, throttle.userId))
      .where(
        and(
          isNotNull(throttle.userId),
          gt(throttle.lockedUntil, ctx.now),
          last ? gt(user.email, last[0]) : undefined,
        ),
      )
      .groupBy(user.id)
      .orderBy(user.email)
      .limit(SHOWN + 1),
  });
  const page = paging.paged(found, SHOWN, ({ email }) => [email]);
  return { ...page, rows: page.rows.map(({ kind, ...row }) => ({ ...row, guest: kind === 'guest' })) };
}

/** What is not locked any more is as it should be. */
export async function unlock(ctx: SignedIn, userId: string): Promise<void> {
  await access.commitForSite(
    ctx,
    [
      rateLimit.release(ctx, userId),
      must(ctx, sql`changes() > 0`),
      record(ctx, { kind: 'account.unlocked', subject: `user:${userId}` }),
    ],
    { refusal: () => null },
  );
}
