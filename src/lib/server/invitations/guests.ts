import { and, eq, sql } from 'drizzle-orm';
import { readAddresses, type Address } from '../../addresses';
import { isLocale } from '../../messages';
import * as access from '../access';
import type { Ctx, SignedIn } from '../context';
import { randomId } from '../crypto';
import { Refusal } from '../errors';
import { invitation, isOpenInvitation, type Settings } from '../schema';
import * as settings from '../settings';
import type { Invitation } from './links';
import type { InviteForm, ToSend } from './mail';
import { conflictRefusal, lookUp, refusalOf, refusalReason, type Reason } from './reasons';
import { isRepeated, keyOf } from './request';
import { acceptable } from './rule';
import { send } from './send';

const MOST_AT_ONCE = 500;

export type Outcome =
  | { typed: string; email: string; result: 'sent' | 'sent-again' | 'already-active' }
  | { typed: string; email: string | null; result: 'refused'; reason: Reason; at?: number }
  | { typed: string; email: null; result: 'left-out' };

/** Retries while somebody else is faster (null). */
async function retryLostRaces<T>(ctx: Ctx, run: () => Promise<T | null>): Promise<T> {
  for (let attempt = 0; attempt < 8; attempt++) {
    const decided = await run();
    if (decided !== null) return decided;
    // It came with the session, and the allowed domains may have changed.
    ctx.settings = null;
  }
  throw conflictRefusal();
}

/** All are written in one batch with their mails: a request that dies half-way has invited everybody or nobody. */
export const inviteGuests = (ctx: SignedIn, spaceId: number, form: InviteForm): Promise<Outcome[]> =>
  retryLostRaces(ctx, async () => {
    const target = await access.requireAdministrator(ctx, spaceId);
    return inviteOnce(ctx, target, await settings.read(ctx), form);
  });

/** @throws Refusal if there is none to be invited */
export function judgeAddresses(typed: string) {
  const found = readAddresses(typed);
  if (found.listed.length === 0)
    throw new Refusal('invalid', { key: 'invite.no-address', field: 'addresses' });
  return found;
}

/** @returns null if somebody else was faster */
async function inviteOnce(
  ctx: SignedIn,
  target: access.FoundSpace,
  site: Settings,
  form: InviteForm,
): Promise<Outcome[] | null> {
  const { listed, leftOut } = judgeAddresses(form.addresses);
  const outcomes: Outcome[] = leftOut.map((typed) => ({ typed, email: null, result: 'left-out' }));
  const wanted = new Map<string, Address>();
  for (const { typed, address } of listed) {
    const refuse = (reason: Reason) =>
      void outcomes.push({ typed, email: address?.email ?? null, result: 'refused', reason });
    if (!address) refuse('invite.malformed');
    else if (wanted.size >= MOST_AT_ONCE) refuse('invite.too-many');
    else wanted.set(address.email, address);
  }
  const known = await lookUp(ctx, target.id, [...wanted.keys()]);
  const key = keyOf(ctx, form.requestKey, form.subject, form.message, form.locale);
  const toSend: ToSend[] = [];
  for (const [email, address] of wanted) {
    const typed = address.original;
    const reason = refusalReason(site, known, email);
    const before = known.open.get(email);
    if (isRepeated(key, before)) outcomes.push({ typed, email, result: 'sent' });
    else if (known.people.get(email)?.in && reason !== 'invite.is-member' && reason !== 'invite.suspended')
      outcomes.push({ typed, email, result: 'already-active' });
    else if (!reason && known.declined.has(email) && !form.declinedToo)
      outcomes.push({
        typed,
        email,
        result: 'refused',
        reason: 'invite.declined',
        at: known.declined.get(email)!,
      });
    else if (reason) outcomes.push({ typed, email, result: 'refused', reason });
    else {
      known.allowance.use(email);
      toSend.push({
        id: before?.id ?? randomId(),
        address,
        version: (before?.version ?? 0) + 1,
        words: form,
      });
      outcomes.push({ typed, email, result: before ? 'sent-again' : 'sent' });
    }
  }
  return toSend.length === 0 || (await send(ctx, target, site, toSend, form, key)) ? outcomes : null;
}

const again = (ctx: Ctx, found: Invitation): ToSend => ({
  id: found.id,
  address: { email: found.email, original: found.emailOriginal },
  version: found.version + 1,
  words: { ...found, locale: isLocale(found.locale) ? found.locale : ctx.locale },
});

/** A new link for a new week. The old links stop working. */
export async function sendAgain(
  ctx: SignedIn,
  found: Invitation,
  target: access.FoundSpace,
  requestKey?: string,
): Promise<void> {
  const key = keyOf(ctx, requestKey);
  if (isRepeated(key, found)) return;
  const site = await settings.read(ctx);
  const known = await lookUp(ctx, target.id, [found.email]);
  const reason = refusalReason(site, known, found.email);
  if (reason) throw refusalOf(reason, found.email);
  if (!(await send(ctx, target, site, [again(ctx, found)], null, key))) throw conflictRefusal();
}

/** Up to `MOST_AT_ONCE`, the oldest first. "Resend" tells why one is refused. */
export const resendExpired = (
  ctx: SignedIn,
  spaceId: number,
  requestKey?: string,
): Promise<{ sent: number; not: number }> =>
  retryLostRaces(ctx, async () => {
    const target = await access.requireAdministrator(ctx, spaceId);
    const site = await settings.read(ctx);
    const expired = await ctx.db
      .select()
      .from(invitation)
      .where(
        and(
          eq(invitation.spaceId, spaceId),
          isOpenInvitation(),
          sql`not ${acceptable(ctx)}`,
          settings.domainFits(sql`invitation.email`),
        ),
      )
      // Refusals come last, so that they cannot crowd out the others.
      .orderBy(
        sql`exists (select 1 from user u where u.email = invitation.email and (u.kind = 'user' or u.status = 'inactive'))`,
        invitation.sentAt,
        invitation.id,
      )
      .limit(MOST_AT_ONCE);
    const known = await lookUp(
      ctx,
      spaceId,
      expired.map(({ email }) => email),
    );
    const toSend: ToSend[] = [];
    for (const found of expired)
      if (!refusalReason(site, known, found.email)) {
        known.allowance.use(found.email);
        toSend.push(again(ctx, found));
      }
    const key = keyOf(ctx, requestKey, 'expired');
    const sent =
      toSend.length > 0 || !key ? 0 : await ctx.db.$count(invitation, eq(invitation.requestKey, key));
    if (toSend.length > 0 && !(await send(ctx, target, site, toSend, null, key))) return null;
    return { sent: toSend.length || sent, not: expired.length - toSend.length };
  });
