import { sql } from 'drizzle-orm';
import { activeAdministratorsOf } from '../access';
import type { Ctx } from '../context';
import { Refusal } from '../errors';
import * as outbox from '../mail/outbox';
import { allow } from '../policy';
import { user } from '../schema';
import * as settings from '../settings';

export type LockoutRisk = 'mail' | 'locked-out' | 'both';

/**
 * What would go wrong if codes were required now: whoever needs one cannot get in while mail fails, and no administrator may be able
 * to while none has confirmed their address.
 */
export async function lockoutRisk(ctx: Ctx, ofAdministrators: boolean): Promise<LockoutRisk | null> {
  allow(ctx, 'site.administer');
  const [mailWorks, safe] = await Promise.all([
    outbox.works(ctx),
    ofAdministrators
      ? ctx.db
          .select({ id: user.id })
          .from(user)
          .where(sql`${user.id} in ${activeAdministratorsOf('site')} and ${user.emailVerifiedAt} is not null`)
          .limit(1)
      : null,
  ]);
  const lockedOut = safe?.length === 0;
  if (mailWorks) return lockedOut ? 'locked-out' : null;
  return lockedOut ? 'both' : 'mail';
}

/** Warns before guests need codes: so does everybody whose address is not confirmed. */
export async function warnBeforeTwoStep(ctx: Ctx, confirmed: string | undefined): Promise<void> {
  allow(ctx, 'site.administer');
  if ((await settings.read(ctx)).twoStep) return;
  const risk = await lockoutRisk(ctx, true);
  if (risk && confirmed !== risk)
    throw new Refusal('conflict', { key: `authentication.warn-${risk}`, field: 'twoStep' });
}
