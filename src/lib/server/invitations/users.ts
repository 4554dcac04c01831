import { and, eq, isNull } from 'drizzle-orm';
import { parseAddress, type Address } from '../../addresses';
import { dateLocale, formatDate } from '../../dates';
import { isLocale, type Locale } from '../../messages';
import { changed, must, type SignedIn } from '../context';
import { randomId } from '../crypto';
import { Refusal } from '../errors';
import { record } from '../events';
import * as outbox from '../mail/outbox';
import { allow } from '../policy';
import { invitation, isOpenInvitation, user } from '../schema';
import * as settings from '../settings';
import { declinedQuery, forgetDeclined } from './decline';
import * as limits from './limits';
import { expiryOf, type Invitation } from './links';
import { userInvitationMail } from './mail';
import { conflictRefusal, refusalOf } from './reasons';
import { isRepeated, keyOf } from './request';
import { actorMayInvite } from './rule';

/** @throws Refusal if it is no address */
export function judgeUser(email: string): Address {
  const address = parseAddress(email);
  if (!address) throw new Refusal('invalid', { key: 'address.malformed', field: 'email' });
  return address;
}

export async function inviteUser(
  ctx: SignedIn,
  form: {
    email: string;
    name?: string;
    administrator: boolean;
    canCreateSpaces: boolean;
    locale: Locale;
    requestKey?: string;
    declinedToo?: boolean;
  },
): Promise<void> {
  allow(ctx, 'site.administer');
  const address = judgeUser(form.email);
  const site = await settings.read(ctx);
  const { people, open, declined } = await ctx.read({
    declined: declinedQuery(ctx, null, [address.email]),
    people: ctx.db.select({ kind: user.kind }).from(user).where(eq(user.email, address.email)),
    open: ctx.db
      .select()
      .from(invitation)
      .where(and(eq(invitation.email, address.email), isNull(invitation.spaceId), isOpenInvitation())),
  });
  if (people[0])
    throw new Refusal('conflict', {
      key: people[0].kind === 'guest' ? 'users.is-guest' : 'users.exists',
      field: 'email',
    });
  if (declined[0] && !form.declinedToo)
    throw new Refusal('conflict', {
      key: 'users.declined',
      params: { when: formatDate(dateLocale(ctx.locale), 'short', ctx.timeZone, declined[0].at) },
      field: 'email',
    });
  const may = {
    administrator: form.administrator,
    canCreateSpaces: form.canCreateSpaces || form.administrator,
  };
  const change = { ...may, locale: form.locale, name: form.name ?? '' };
  if (open[0]) return sendUserAgain(ctx, open[0], change, form.requestKey);
  await refuseOverLimit(ctx, address.email);
  const id = randomId();
  const expiresAt = expiryOf(ctx, site);
  const queued = await outbox.queue(ctx, {
    to: address.original,
    locale: form.locale,
    invitationId: id,
    countedOn: limits.countersOf(ctx, null, address.email),
    message: userInvitationMail(ctx, site, id, 1, expiresAt),
  });
  await ctx.commit(
    [
      actorMayInvite(ctx, null),
      ...limits.count(ctx, null, [address.email]),
      forgetDeclined(ctx, null, [address.email]),
      ctx.db.insert(invitation).values({
        id,
        kind: 'user',
        email: address.email,
        emailOriginal: address.original,
        status: 'invited',
        subject: '',
        message: '',
        locale: form.locale,
        requestKey: keyOf(ctx, form.requestKey, change),
        ...may,
        name: change.name,
        invitedBy: ctx.actor.id,
        createdAt: ctx.now,
        sentAt: ctx.now,
        expiresAt,
      }),
      queued.statement,
      record(ctx, {
        kind: 'invitation.sent',
        subject: `invitation:${id}`,
        detail: { email: address.email, kind: 'user' },
        spaceId: null,
      }),
    ],
    { refusal: conflictRefusal(), duplicate: 'done' },
  );
}

async function refuseOverLimit(ctx: SignedIn, email: string): Promise<void> {
  const { counted, waiting } = await ctx.read({
    counted: limits.countedQuery(ctx, null, [email]),
    waiting: limits.waitingQuery(ctx, null, [email]),
  });
  const reason = limits.allowanceOf(ctx, null, counted, waiting).exceeded(email);
  if (reason) throw refusalOf(reason, email);
}

/** A new link, as long as a new one. The old links stop working. */
export async function sendUserAgain(
  ctx: SignedIn,
  found: Invitation,
  change: Partial<Pick<Invitation, 'administrator' | 'canCreateSpaces' | 'locale' | 'name'>> = {},
  requestKey?: string,
): Promise<void> {
  const key = keyOf(ctx, requestKey, change);
  if (isRepeated(key, found)) return;
  await refuseOverLimit(ctx, found.email);
  const version = found.version + 1;
  const site = await settings.read(ctx);
  const expiresAt = expiryOf(ctx, site);
  const queued = await outbox.queue(ctx, {
    to: found.emailOriginal,
    locale: [change.locale, found.locale].find(isLocale) ?? ctx.locale,
    invitationId: found.id,
    countedOn: limits.countersOf(ctx, null, found.email),
    message: userInvitationMail(ctx, site, found.id, version, expiresAt),
  });
  await ctx.commit(
    [
      actorMayInvite(ctx, null),
      outbox.dropWaiting(ctx, [found.id]),
      ...limits.count(ctx, null, [found.email]),
      ctx.db
        .update(invitation)
        .set({
          status: 'invited',
          version,
          requestKey: key,
          sentAt: ctx.now,
          expiresAt,
          invitedBy: ctx.actor.id,
          ...change,
        })
        .where(and(eq(invitation.id, found.id), eq(invitation.version, found.version), isOpenInvitation())),
      must(ctx, changed()),
      queued.statement,
      record(ctx, {
        kind: 'invitation.resent',
        subject: `invitation:${found.id}`,
        detail: { email: found.email, version },
        spaceId: found.spaceId,
      }),
    ],
    { refusal: conflictRefusal() },
  );
}
