/** Who did what. An entry is a statement for the same batch as the change, so neither lands without the other. */
import type { SQL } from 'drizzle-orm';
import type { Ctx, Statement } from './context';
import { auditEntry } from './schema';

export type AuditAction =
  | `account.${'created' | 'signed-in' | 'signed-out' | 'changed' | 'password-changed' | 'reset-asked' | 'deactivated' | 'reactivated' | 'sessions-ended' | 'permission-changed'}`
  | `invitation.${'sent' | 'resent' | 'link-copied' | 'cancelled' | 'accepted' | 'expired' | 'asked-again'}`
  | `space.${'created' | 'changed' | 'member-added' | 'member-removed' | 'member-changed' | 'left' | 'guest-removed' | 'announcement-changed' | 'thread-created' | 'thread-changed' | 'thread-deleted' | 'comment-deleted' | 'deleted' | 'restored' | 'purged'}`
  | `template.${'created' | 'changed' | 'removed' | 'imported'}`
  | `site.${'set-up' | 'seeded'}`
  | 'setting.changed';

/**
 * @param subject what it was done to, as `user:<id>`, `invitation:<id>`, `space:<id>`, `site`
 * @param detail never a secret: no password, token or code
 */
export const entry = (
  ctx: Ctx,
  action: AuditAction,
  subject: string | SQL,
  detail: Record<string, unknown> = {},
  spaceId: number | SQL | null = null,
  actor: { id: string | null; name: string } | null = ctx.actor,
): Statement =>
  ctx.db.insert(auditEntry).values({
    at: ctx.now,
    action,
    actorId: actor?.id ?? null,
    actorName: actor?.name ?? 'Foyer',
    subject,
    spaceId,
    detail,
    ip: ctx.ip,
  });
