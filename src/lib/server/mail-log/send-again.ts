import { eq, sql } from 'drizzle-orm';
import * as access from '../access';
import { changed, must, type SignedIn } from '../context';
import { Refusal } from '../errors';
import { record } from '../events';
import * as outbox from '../mail/outbox';
import { allow } from '../policy';
import { mail } from '../schema';

/** Pressed twice, or by two people, it goes out once. */
export async function sendAgain(ctx: SignedIn, id: string): Promise<void> {
  const row = await find(ctx, id);
  await access.commitForSite(
    ctx,
    [
      outbox.requeue(ctx, [id]),
      must(ctx, changed()),
      record(ctx, {
        kind: 'mail.sent-again',
        subject: row.userId ? `user:${row.userId}` : 'site',
        detail: { mail: row.kind },
        spaceId: row.spaceId,
      }),
    ],
    {
      refusal: async () =>
        (await find(ctx, id)).status === 'failed'
          ? new Refusal('conflict', { key: 'mail-admin.not-again' })
          : null,
    },
  );
}

async function find(ctx: SignedIn, id: string) {
  allow(ctx, 'site.administer');
  const [row] = await ctx.db
    .select({ status: mail.status, kind: mail.kind, userId: mail.userId, spaceId: mail.spaceId })
    .from(mail)
    .where(eq(mail.id, id));
  if (!row) throw new Refusal('missing');
  return row;
}

const TOGETHER = 500;

/** The oldest first. The button stays until none is left. @returns how many */
export async function sendAllAgain(ctx: SignedIn): Promise<number> {
  allow(ctx, 'site.administer');
  const rows = await ctx.db
    .select({ id: mail.id })
    .from(mail)
    .where(sql`status = 'failed' and sealed is not null`)
    .orderBy(mail.finishedAt)
    .limit(TOGETHER);
  if (rows.length === 0) return 0;
  const again = outbox.requeue(
    ctx,
    rows.map((row) => row.id),
  );
  const { done } = await access.commitForSite(
    ctx,
    [
      again,
      must(ctx, sql`changes() > 0`),
      record(ctx, { kind: 'mail.all-sent-again', subject: 'site', detail: { count: rows.length } }),
    ],
    // Somebody else was faster.
    { refusal: () => null },
  );
  return done ? rows.length : 0;
}
