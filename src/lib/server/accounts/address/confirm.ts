import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { maskAddress } from '../../../addresses';
import { DAY } from '../../../time';
import { changed, must, type Ctx, type Statement } from '../../context';
import { hashToken } from '../../crypto';
import { record } from '../../events';
import * as folded from '../../folded';
import * as language from '../../language';
import * as outbox from '../../mail/outbox';
import * as memberships from '../../memberships';
import { addressChange, invitation, isOpenInvitation, user } from '../../schema';
import * as sessions from '../../sessions';
import { domainFits, parse, settingsColumn } from '../../settings';
import * as verification from '../../verification';
import { unchanged } from '../login';
import { endAddressChanges, endResets, withNextEpoch } from '../password';

/** Each of them has a line in the audit; what goes beyond is ended all the same. */
const ENDING = 100;

/** Guests have addresses that may be invited. Of a row of `user`. */
const fits = (email: string) => sql`(user.kind = 'user' or ${domainFits(sql`${email}`)})`;

async function find(ctx: Ctx, token: string) {
  const [row] = await ctx.db
    .select({
      change: addressChange,
      person: user,
      fits: sql<number>`user.kind = 'user' or ${domainFits(sql`address_change.email`)}`.as('fits'),
      taken: sql<number>`exists (select 1 from user other where other.email = address_change.email)`.as(
        'taken',
      ),
      settings: settingsColumn,
    })
    .from(addressChange)
    .innerJoin(user, and(eq(user.id, addressChange.userId), eq(user.status, 'active')))
    .where(eq(addressChange.tokenHash, hashToken(token)));
  if (!row) return null;
  ctx.settings ??= parse(row.settings);
  return row;
}

/**
 * Invitations of an address that its person gives up. Open ones end: their links are in a mailbox that may be somebody else's by now, and
 * who invited meant the person. All are kept with the account, so that erasing it finds them.
 */
const leaveInvitations = (
  ctx: Ctx,
  { id, email }: Pick<typeof user.$inferSelect, 'id' | 'email'>,
): Statement[] => {
  const open = sql`select id from invitation where email = ${email} and accepted_by is null and ${isOpenInvitation()}`;
  return [
    ...outbox.dropOfInvitations(ctx, open),
    ctx.db.run(sql`delete from login_challenge where invitation_id in (${open})`),
    ctx.db.run(sql`
      update invitation set formerly_for = ${id}, status = iif(${isOpenInvitation()}, 'cancelled', status)
      where email = ${email} and formerly_for is null and (accepted_by is null or accepted_by = ${id})`),
  ];
};

/**
 * What the page behind the link says. Whoever has the link reads the new mailbox, so may learn that it has an account; the old address
 * is shortened, because mails get forwarded.
 */
export type AddressTarget =
  | { state: 'open'; email: string; from: string }
  | { state: 'done'; email: string; own: boolean }
  | { state: 'taken' | 'domain'; email: string }
  | { state: 'dead' };

export async function addressTarget(ctx: Ctx, token: string): Promise<AddressTarget> {
  const row = await find(ctx, token);
  if (!row) return { state: 'dead' };
  const { change, person } = row;
  const email = change.emailOriginal;
  if (change.usedAt !== null)
    return person.email === change.email
      ? { state: 'done', email, own: ctx.actor?.id === person.id }
      : { state: 'dead' };
  if (change.expiresAt <= ctx.now) return { state: 'dead' };
  if (row.taken) return { state: 'taken', email };
  if (!row.fits) return { state: 'domain', email };
  return { state: 'open', email, from: maskAddress(person.emailOriginal) };
}

/** The link is the permission, whoever is signed in. What does not succeed, the page says. */
export async function confirmAddress(ctx: Ctx, token: string): Promise<void> {
  const row = await find(ctx, token);
  if (!row || row.change.usedAt !== null) return;
  const { change, person } = row;
  const site = parse(row.settings);
  const own = ctx.actor?.id === person.id;
  const { email, emailOriginal } = change;
  const told = (to: string, old: boolean) =>
    outbox.queue(ctx, {
      to,
      locale: language.ofVisitor(ctx, person),
      message: {
        kind: 'address-changed',
        siteName: site.siteName,
        address: old ? maskAddress(emailOriginal) : email,
        url: old ? undefined : `${ctx.config.origin}/login`,
      },
      userId: person.id,
    });
  const open = await ctx.db
    .select({ id: invitation.id, email: invitation.email, spaceId: invitation.spaceId })
    .from(invitation)
    .where(and(eq(invitation.email, person.email), isNull(invitation.acceptedBy), isOpenInvitation()))
    .limit(ENDING);
  const mails = [await told(person.emailOriginal, true), await told(emailOriginal, false)];
  const { done } = await ctx.commit(
    [
      ctx.db
        .update(addressChange)
        .set({ usedAt: ctx.now })
        .where(
          and(
            eq(addressChange.id, change.id),
            // Not sent again meanwhile.
            eq(addressChange.tokenHash, hashToken(token)),
            isNull(addressChange.usedAt),
            gt(addressChange.expiresAt, ctx.now),
          ),
        ),
      must(ctx, changed()),
      unchanged(ctx, person),
      ctx.db
        .update(user)
        .set({
          email,
          emailOriginal,
          folded: folded.personAsRead(
            { name: person.name, company: person.company, email },
            { name: person.name, company: person.company },
          ),
          emailVerifiedAt: ctx.now,
          credentialEpoch: sql`credential_epoch + 1`,
          updatedAt: ctx.now,
        })
        .where(and(eq(user.id, person.id), eq(user.status, 'active'), fits(email))),
      must(ctx, changed()),
      ...memberships.accountChanged(ctx, person.id),
      ...leaveInvitations(ctx, person),
      endResets(ctx, person.id),
      verification.endAll(ctx, person.id),
      endAddressChanges(ctx, person.id),
      sessions.endAll(ctx, person.id, own ? ctx.sessionHash : null),
      outbox.redirect(ctx, person.id, emailOriginal),
      ...mails.map(({ statement }) => statement),
      record(ctx, {
        kind: 'account.address-changed',
        subject: `user:${person.id}`,
        detail: { from: maskAddress(person.email), to: maskAddress(email) },
        by: person,
      }),
      ...open.map((i) =>
        record(ctx, {
          kind: 'invitation.cancelled',
          subject: `invitation:${i.id}`,
          detail: { email: i.email },
          spaceId: i.spaceId,
          by: person,
        }),
      ),
    ],
    // Somebody has the address by now, or another request was faster.
    { refusal: () => null, duplicate: 'done' },
  );
  // The browser that has just proved the mailbox.
  if (done && (own || !ctx.actor)) sessions.remember(ctx, withNextEpoch(person));
}

export const purgeAddressChanges = (ctx: Ctx): Statement =>
  ctx.db.run(sql`delete from address_change where id in
    (select id from address_change where expires_at <= ${ctx.now - DAY} limit 500)`);
