import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { fitsDomains, maskAddress, parseAddress, type Address } from '../../../addresses';
import type { Locale } from '../../../messages';
import { HOUR, MINUTE } from '../../../time';
import * as access from '../../access';
import {
  changed,
  must,
  type Batch,
  type CommitOptions,
  type Committed,
  type Ctx,
  type SignedIn,
  type Statement,
} from '../../context';
import { hashToken, randomId, randomToken } from '../../crypto';
import { Refusal } from '../../errors';
import { record } from '../../events';
import * as language from '../../language';
import * as limits from '../../limits';
import * as outbox from '../../mail/outbox';
import { allow } from '../../policy';
import * as rateLimit from '../../rate-limit';
import { addressChange, mail, user, type Settings } from '../../schema';
import * as settings from '../../settings';
import { unchanged } from '../login';
import { endAddressChanges } from '../password';
import { proved } from '../proof';

type Person = Pick<typeof user.$inferSelect, 'id' | 'kind' | 'email' | 'emailOriginal' | 'locale'>;

const VALID = HOUR;
/** In an hour, whoever asks. */
const MAILS_TO_ONE_ADDRESS = 10;

/** Whether somebody has the address already is told to its mailbox alone. */
function newAddress({ email, kind }: Pick<Person, 'email' | 'kind'>, site: Settings, typed: string): Address {
  const refused = (key: 'address.malformed' | 'me.email-same' | 'me.email-domain') =>
    new Refusal('invalid', { key, field: 'email' });
  const address = parseAddress(typed);
  if (!address) throw refused('address.malformed');
  if (address.email === email) throw refused('me.email-same');
  const rules = kind === 'guest' ? site.allowedDomains : [];
  if (rules.length > 0 && !fitsDomains(rules, address.email)) throw refused('me.email-domain');
  return address;
}

interface Form {
  email: string;
  ownPassword: string;
  formKey?: string;
}

async function checkBoth(ctx: SignedIn, { email, ownPassword, formKey }: Partial<Form>) {
  const site = await settings.read(ctx);
  const found: Address[] = [];
  const proof = await proved(
    ctx,
    { field: 'ownPassword', password: ownPassword, formKey },
    () => email !== undefined && found.push(newAddress(ctx.actor, site, email)),
  );
  return { ...proof, site, address: found[0] };
}

/** What can be said of a form whose other field is empty. */
export async function judgeAddress(ctx: SignedIn, form: Partial<Form>): Promise<void> {
  await (await checkBoth(ctx, form)).giveBack();
}

/** Replaces what was asked for before. */
export async function askAddress(ctx: SignedIn, form: Form): Promise<void> {
  const { right, giveBack, site, address } = await checkBoth(ctx, form);
  const { person, tried } = right!;
  const words = hashToken(JSON.stringify([form.formKey ?? randomId(), address]));
  const { batch, refusal } = await asked(ctx, person, address!, {
    ...{ site, byAdministrator: false, locale: language.ofVisitor(ctx, person) },
    requestKey: `${person.id}:${words}`,
  });
  const { done } = await ctx
    .commit([unchanged(ctx, person), ...batch, ...rateLimit.settleSuccess(ctx, tried)], {
      refusal,
      duplicate: 'done',
    })
    .catch(async (refused) => {
      await giveBack();
      throw refused;
    });
  if (!done) await giveBack();
}

/**
 * An administrator of the site corrects the address of a guest. As if the guest had asked: the link goes to the new address, the old
 * one is told, and nothing changes before the link is used. A guest who has no password for it chooses a new one with the new address.
 * @param typed refused (`address.malformed`, `me.email-same`, `me.email-domain`) for the field `email`
 * @param requestKey of the form: posted twice it asks once
 * @throws Refusal `missing` if it is no active guest
 */
export async function askAddressFor(
  ctx: SignedIn,
  userId: string,
  typed: string,
  requestKey: string,
): Promise<void> {
  const guest = await activeGuest(ctx, userId);
  const site = await settings.read(ctx);
  const address = newAddress(guest, site, typed);
  const { batch, refusal } = await asked(ctx, guest, address, {
    ...{ site, byAdministrator: true, locale: language.ofPerson(guest) },
    requestKey: `${ctx.actor.id}:${userId}:${requestKey}`,
  });
  await access.commitForSite(ctx, [unchanged(ctx, guest), ...batch], { refusal, duplicate: 'done' });
}

interface How {
  site: Settings;
  byAdministrator: boolean;
  locale: Locale;
  requestKey: string;
}

/** The batch that asks: one row, a mail to each address, the audit. */
async function asked(
  ctx: SignedIn,
  person: Person,
  address: Address,
  { site, byAdministrator, locale, requestKey }: How,
): Promise<{ batch: Batch; refusal: CommitOptions['refusal'] }> {
  const token = randomToken();
  const link = await linkMail(ctx, person, address, { site, locale, token });
  const told = await outbox.queue(ctx, {
    to: person.emailOriginal,
    locale,
    message: {
      kind: 'address-asked',
      siteName: site.siteName,
      address: maskAddress(address.original),
      byAdministrator,
      url: `${ctx.config.origin}/forgot`,
    },
    userId: person.id,
  });
  const others = sql`user_id = ${person.id} and used_at is null and request_key <> ${requestKey}`;
  return {
    batch: [
      outbox.dropReplaced(ctx, sql`select mail_id from address_change where ${others}`),
      ctx.db.delete(addressChange).where(others),
      ctx.db.insert(addressChange).values({
        id: randomId(),
        userId: person.id,
        tokenHash: hashToken(token),
        email: address.email,
        emailOriginal: address.original,
        byAdministrator,
        requestKey,
        mailId: link.id,
        sentAt: ctx.now,
        expiresAt: ctx.now + VALID,
      }),
      ...counted(ctx, address.email),
      link.statement,
      told.statement,
      record(ctx, {
        kind: 'account.address-asked',
        subject: `user:${person.id}`,
        detail: { from: maskAddress(person.email), to: maskAddress(address.email) },
      }),
    ],
    refusal: () => overLimit(ctx, address.email),
  };
}

/** To the new address. If it belongs to an account, its mailbox alone learns that, and gets no link. */
async function linkMail(
  ctx: SignedIn,
  person: Pick<Person, 'id'>,
  address: Address,
  { site: { siteName }, locale, token }: { site: Settings; locale: Locale; token: string },
) {
  const [owner] = await ctx.db
    .select({ id: user.id, locale: user.locale })
    .from(user)
    .where(eq(user.email, address.email));
  const { origin } = ctx.config;
  return outbox.queue(ctx, {
    to: address.original,
    locale: owner ? language.ofPerson(owner) : locale,
    message: owner
      ? { kind: 'address-taken', siteName, url: `${origin}/login` }
      : { kind: 'address-confirm', siteName, url: `${origin}/email/${token}`, minutes: VALID / MINUTE },
    userId: owner?.id ?? person.id,
  });
}

const mailsTo = (ctx: SignedIn, email: string) => rateLimit.key(ctx, 'code', `mails:address:${email}`);

const counted = (ctx: SignedIn, email: string): Statement[] => [
  ...limits.count(ctx, { address: 1 }),
  rateLimit.countInWindow(ctx, mailsTo(ctx, email), MAILS_TO_ONE_ADDRESS, HOUR),
  must(ctx, changed()),
];

/** Or the account changed meanwhile. */
async function overLimit(ctx: SignedIn, email: string): Promise<Refusal> {
  const left = await rateLimit.windowLeft(ctx, mailsTo(ctx, email), HOUR, MAILS_TO_ONE_ADDRESS);
  return (
    (await limits.exceeded(ctx, { address: 1 })) ??
    (left > 0
      ? new Refusal('throttled', { key: 'me.email-often', params: { minutes: Math.ceil(left / MINUTE) } })
      : new Refusal('conflict', { key: 'me.email-gone' }))
  );
}

/** What somebody has asked for, or an administrator for them, and nobody confirmed yet. For a batch. */
export const openChangeOf = (ctx: Ctx, userId: string) =>
  ctx.db
    .select({
      id: addressChange.id,
      email: addressChange.email,
      original: addressChange.emailOriginal,
      byAdministrator: addressChange.byAdministrator,
      sentAt: addressChange.sentAt,
      expiresAt: addressChange.expiresAt,
      mailId: addressChange.mailId,
      failed: sql<number>`(select status = 'failed' from ${mail} where mail.id = address_change.mail_id)`
        .mapWith(Boolean)
        .as('failed'),
    })
    .from(addressChange)
    .where(
      and(
        eq(addressChange.userId, userId),
        isNull(addressChange.usedAt),
        gt(addressChange.expiresAt, ctx.now),
      ),
    );

export const openChange = (ctx: SignedIn) => openChangeOf(ctx, ctx.actor.id);

type Write = (batch: Batch, options: CommitOptions) => Promise<Committed>;

/** A new link, which works for an hour again; the one before it is dead. @param shown when that was sent: a second post sends nothing */
export async function resendAddress(ctx: SignedIn, shown: number): Promise<void> {
  const locale = language.ofVisitor(ctx, ctx.actor);
  await sendAgain(ctx, { id: ctx.actor.id, locale, shown }, (batch, options) => ctx.commit(batch, options));
}

/** The same by an administrator of the site, of what they have asked for a guest. */
export async function resendAddressFor(ctx: SignedIn, userId: string, shown: number): Promise<void> {
  const guest = await activeGuest(ctx, userId);
  await sendAgain(
    ctx,
    { id: userId, locale: language.ofPerson(guest), shown, byAdministrator: true },
    (batch, options) => access.commitForSite(ctx, [stillGuest(ctx, userId), ...batch], options),
  );
}

async function sendAgain(
  ctx: SignedIn,
  {
    id,
    locale,
    shown,
    byAdministrator,
  }: { id: string; locale: Locale; shown: number; byAdministrator?: true },
  write: Write,
): Promise<void> {
  const [open] = await openChangeOf(ctx, id);
  if (!open || (byAdministrator && !open.byAdministrator))
    throw new Refusal('conflict', { key: 'me.email-gone' });
  if (open.sentAt !== shown) return;
  const site = await settings.read(ctx);
  const token = randomToken();
  const address = { email: open.email, original: open.original };
  const link = await linkMail(ctx, { id }, address, { site, locale, token });
  await write(
    [
      outbox.dropReplaced(ctx, sql`select ${open.mailId}`),
      ctx.db
        .update(addressChange)
        .set({
          tokenHash: hashToken(token),
          mailId: link.id,
          sentAt: ctx.now,
          expiresAt: ctx.now + VALID,
        })
        .where(
          and(
            eq(addressChange.id, open.id),
            eq(addressChange.mailId, open.mailId),
            isNull(addressChange.usedAt),
          ),
        ),
      must(ctx, changed()),
      ...counted(ctx, open.email),
      link.statement,
      record(ctx, {
        kind: 'account.address-asked',
        subject: `user:${id}`,
        detail: { to: maskAddress(open.email), again: true },
      }),
    ],
    {
      refusal: async () => {
        const [now] = await openChangeOf(ctx, id);
        return now?.mailId === open.mailId ? overLimit(ctx, open.email) : null;
      },
    },
  );
}

/** Its link is dead then. */
export async function cancelAddress(ctx: SignedIn): Promise<void> {
  await end(ctx, ctx.actor.id, (batch, options) => ctx.commit(batch, options));
}

/** The same by an administrator of the site, for a guest. */
export async function cancelAddressFor(ctx: SignedIn, userId: string): Promise<void> {
  await activeGuest(ctx, userId);
  await end(ctx, userId, (batch, options) =>
    access.commitForSite(ctx, [stillGuest(ctx, userId), ...batch], options),
  );
}

const end = (ctx: SignedIn, id: string, write: Write) =>
  write(
    [
      ...endAddressChanges(ctx, id),
      must(ctx, changed()),
      record(ctx, { kind: 'account.address-cancelled', subject: `user:${id}` }),
    ],
    // It is confirmed, or was cancelled already.
    { refusal: () => null },
  );

async function activeGuest(ctx: SignedIn, userId: string) {
  allow(ctx, 'site.administer');
  const active = and(eq(user.id, userId), eq(user.kind, 'guest'), eq(user.status, 'active'));
  const [guest] = await ctx.db.select().from(user).where(active);
  if (!guest) throw new Refusal('missing');
  return guest;
}

/** Undoes the batch if they have become a user: only a guest's address is an administrator's affair. */
const stillGuest = (ctx: SignedIn, userId: string) =>
  must(ctx, sql`exists (select 1 from user where id = ${userId} and kind = 'guest' and status = 'active')`);
