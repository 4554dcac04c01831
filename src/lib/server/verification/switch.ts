import { sql } from 'drizzle-orm';
import { activeAdministratorsOf } from '../access';
import type { Ctx } from '../context';
import { Refusal } from '../errors';
import * as outbox from '../mail/outbox';
import { allow } from '../policy';
import { user } from '../schema';
import * as settings from '../settings';

export type LockoutRisk = 'mail' | 'locked-out' | 'both';

/** Warns if guests would be locked out because mail fails, or administrators because none has confirmed their address. */
export async function warnBeforeTwoStep(ctx: Ctx, confirmed: string | undefined): Promise<void> {
  allow(ctx, 'site.administer');
  if ((await settings.read(ctx)).twoStep) return;
  const [mailWorks, safe] = await Promise.all([
    outbox.works(ctx),
    ctx.db
      .select({ id: user.id })
      .from(user)
      .where(sql`${user.id} in ${activeAdministratorsOf('site')} and ${user.emailVerifiedAt} is not null`)
      .limit(1),
  ]);
  const lockedOut = safe.length === 0;
  if (mailWorks && !lockedOut) return;
  const risk: LockoutRisk = !lockedOut ? 'mail' : mailWorks ? 'locked-out' : 'both';
  if (confirmed !== risk)
    throw new Refusal('conflict', { key: `authentication.warn-${risk}`, field: 'twoStep' });
}
