import { and, eq } from 'drizzle-orm';
import type { MessageKey } from '../../messages';
import { SECOND } from '../../time';
import * as access from '../access';
import type { SignedIn } from '../context';
import { randomId } from '../crypto';
import { record } from '../events';
import * as limits from '../limits';
import * as outbox from '../mail/outbox';
import { allow } from '../policy';
import { mail } from '../schema';
import * as settings from '../settings';

const PATIENCE = 5 * SECOND;

/** To the administrator's own address. It is tried right away, so that the page can say what came of it. @returns the mail's id */
export async function sendTest(ctx: SignedIn, id = randomId()): Promise<string> {
  allow(ctx, 'site.administer');
  const { siteName } = await settings.read(ctx);
  const queued = await outbox.queue(ctx, {
    id,
    to: ctx.actor.email,
    locale: ctx.locale,
    message: { kind: 'test', siteName, url: `${ctx.config.origin}/admin/mail` },
    userId: ctx.actor.id,
    nudge: false,
  });
  await access.commitForSite(
    ctx,
    [
      limits.count(ctx, { test: 1 }),
      queued.statement,
      record(ctx, { kind: 'mail.tested', subject: `user:${ctx.actor.id}` }),
    ],
    { duplicate: 'done', refusal: () => limits.exceeded(ctx, { test: 1 }) },
  );
  await outbox.deliver(ctx, id, { timeoutMs: PATIENCE });
  return id;
}

export interface TestOutcome {
  state: 'queued' | 'sent' | 'delivered' | 'failed' | 'dropped';
  reason: MessageKey | null;
  detail: string | null;
}

/** What came of one's own test; null for any other mail. */
export async function testOutcome(ctx: SignedIn, id: string | null): Promise<TestOutcome | null> {
  allow(ctx, 'site.administer');
  if (!id) return null;
  const [row] = await ctx.db
    .select({ status: mail.status, failure: mail.failure, detail: mail.failureDetail })
    .from(mail)
    .where(and(eq(mail.id, id), eq(mail.userId, ctx.actor.id), eq(mail.kind, 'test')));
  return row
    ? { state: outbox.deliveryState(row), reason: outbox.failureKey(row), detail: row.detail }
    : null;
}
