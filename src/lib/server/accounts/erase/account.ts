/** The one batch with which an account ends: from then on nobody can be found by it, and nothing can be written for it. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import * as access from '../../access';
import type { Locale } from '../../../messages';
import type { By } from '../../audit';
import { changed, must, type Batch, type Ctx, type Statement } from '../../context';
import { seal } from '../../crypto';
import { record } from '../../events';
import * as language from '../../language';
import * as outbox from '../../mail/outbox';
import * as memberships from '../../memberships';
import { endedAccess, user } from '../../schema';
import { counted, piece } from './rows';

type User = typeof user.$inferSelect;

/** What is left: the id and the kind, for the posts. No login name is written like this address. */
const nobodyKnown = (id: string) => ({
  // Neither active nor inactive: no list has it.
  status: sql`'erased'`,
  email: `Erased:${id}`,
  emailOriginal: '',
  name: '',
  company: '',
  avatar: null,
  folded: '',
  passwordHash: '',
  credentialEpoch: 0,
  administrator: false,
  canCreateSpaces: false,
  emailVerifiedAt: null,
  loginCount: 0,
  lastLoginAt: null,
  locale: null,
  timeZone: null,
  browserTimeZone: null,
  mailAbout: 'nothing' as const,
  digest: false,
  digestAt: 0,
  presence: true,
  createdAt: 0,
});

/** What the last mail needs, until it is written. */
export interface LastMail {
  to: string;
  email: string;
  locale: Locale;
  zone: string | null;
}

export const sealed = (ctx: Ctx, person: User): Promise<string> =>
  seal(
    ctx.config.secret,
    'erasure',
    JSON.stringify({
      to: person.emailOriginal,
      email: person.email,
      locale: language.ofPerson(person),
      zone: person.timeZone,
    } satisfies LastMail),
  );

/** @param row writes the row of `erasure`, in which is counted */
export function ending(ctx: Ctx, person: User, by: By, row: Statement): Batch {
  const { id, kind, email } = person;
  // Also those for an address that they have had.
  const invited = sql`(invitation.email = ${email} or invitation.accepted_by = ${id} or invitation.formerly_for = ${id})`;
  const those = sql`(select id from invitation where ${invited})`;
  return [
    ctx.db
      .update(user)
      .set({ ...nobodyKnown(id), updatedAt: ctx.now, erasedAt: ctx.now })
      .where(
        and(
          eq(user.id, id),
          eq(user.kind, kind),
          isNull(user.erasedAt),
          // What belongs to the address is found by it.
          eq(user.email, email),
          sql`(administrator = 0 or ${access.hasActiveAdministrator('site', id)})`,
        ),
      ),
    must(ctx, changed()),
    row,
    ctx.db.run(sql`delete from login_challenge where invitation_id in ${those}`),
    ctx.db.run(sql`delete from notification where invitation_id is not null and invitation_id in ${those}`),
    outbox.forget(ctx, sql`mail.invitation_id in ${those}`),
    counted(ctx, id, 'mails'),
    ctx.db.run(sql`
      update invitation set status = 'cancelled', email = '', email_original = '', name = '', subject = '', message = '', request_key = null,
        accepted_by = null, formerly_for = ${id}, asked_at = null, dismissed_at = null, declined_at = null, decline_reason = null
      where ${invited}`),
    counted(ctx, id, 'invitations'),
    ctx.db.delete(endedAccess).where(eq(endedAccess.userId, id)),
    memberships.endAll(ctx, id),
    counted(ctx, id, 'memberships'),
    piece(ctx, id).statements,
    record(ctx, {
      kind: 'account.erased',
      subject: `user:${id}`,
      by,
    }),
  ];
}
