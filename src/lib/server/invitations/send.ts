/** Inviting: guests into a space (many at once), users to the site, and sending again. */
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { parseAddress, splitAddresses, type Address } from '../../addresses';
import { isLocale, type Locale, type MessageKey } from '../../messages';
import * as audit from '../audit';
import { guard, isDuplicate, type Ctx, type Statement } from '../context';
import { randomId } from '../crypto';
import { LostRace, Refusal } from '../errors';
import * as outbox from '../mail/outbox';
import type { MailMessage } from '../mail/messages';
import * as memberships from '../memberships';
import { allow } from '../policy';
import * as rateLimit from '../rate-limit';
import { invitation, membership, user } from '../schema';
import type { Settings } from '../settings';
import * as settings from '../settings';
import * as spaces from '../spaces';
import { VALID_FOR, DAY, type Invitation, urlOf } from './links';

/** Addresses in one go. */
export const MOST_AT_ONCE = 500;
/** Invitations of one space in a day. */
const MOST_A_DAY = 2_000;

/** What became of one address. */
export type Outcome =
  | { typed: string; email: string; result: 'sent' | 'sent-again' | 'already-active' }
  | { typed: string; email: string | null; result: 'refused'; reason: MessageKey };

export interface InviteForm {
  /** As typed or pasted; see `splitAddresses`. */
  addresses: string;
  subject: string;
  message: string;
  locale: Locale;
}

/** What is known of the typed addresses, read in one batch. */
async function lookUp(ctx: Ctx, spaceId: number, emails: string[]) {
  const json = JSON.stringify(emails);
  const among = (column: typeof user.email | typeof invitation.email) =>
    sql`${column} in (select value from json_each(${json}))`;
  const [people, open] = await ctx.db.batch([
    ctx.db
      .select({ id: user.id, email: user.email, kind: user.kind, status: user.status, in: membership.userId })
      .from(user)
      .leftJoin(membership, and(eq(membership.userId, user.id), eq(membership.spaceId, spaceId)))
      .where(among(user.email)),
    ctx.db
      .select({ id: invitation.id, email: invitation.email, version: invitation.version })
      .from(invitation)
      .where(
        and(eq(invitation.spaceId, spaceId), sql`status in ('invited', 'expired')`, among(invitation.email)),
      ),
  ]);
  return {
    people: new Map(people.map((p) => [p.email, p])),
    open: new Map(open.map((i) => [i.email, i])),
  };
}

/**
 * "Send": invites every address that can be invited and says of each what became of it. All of them land in one
 * batch with their mails, so a request that dies half-way has invited everybody or nobody; the queue is a nudge.
 * Throws only when nothing could be done at all.
 */
export async function inviteGuests(ctx: Ctx, spaceId: number, form: InviteForm): Promise<Outcome[]> {
  const target = await spaces.administer(ctx, spaceId);
  const site = await settings.read(ctx);
  for (let attempt = 0; ; attempt++) {
    try {
      return await inviteOnce(ctx, target, site, form);
    } catch (error) {
      // Somebody invited one of them at the same moment: look again, and it is "sent again".
      if (!(error instanceof LostRace || isDuplicate(error))) throw error;
      if (attempt === 2) throw new Refusal('conflict', { key: 'invitation.changed' });
    }
  }
}

async function inviteOnce(
  ctx: Ctx,
  target: spaces.Reached,
  site: Settings,
  form: InviteForm,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const wanted = new Map<string, Address>();
  const seen = new Set<string>();
  for (const typed of splitAddresses(form.addresses)) {
    const address = parseAddress(typed);
    if (seen.has(address?.email ?? typed)) continue;
    seen.add(address?.email ?? typed);
    const refuse = (reason: MessageKey) =>
      void outcomes.push({ typed, email: address?.email ?? null, result: 'refused', reason });
    if (!address) refuse('invite.malformed');
    else if (!domainAllowed(site, address.email)) refuse('invite.domain');
    else if (wanted.size >= MOST_AT_ONCE) refuse('invite.too-many');
    else wanted.set(address.email, address);
  }
  const { people, open } = await lookUp(ctx, target.id, [...wanted.keys()]);
  const toSend: { id: string; address: Address; version: number; again: boolean }[] = [];
  for (const [email, address] of wanted) {
    const person = people.get(email);
    const refuse = (reason: MessageKey) =>
      void outcomes.push({ typed: address.original, email, result: 'refused', reason });
    if (person?.kind === 'user') refuse(person.in ? 'invite.is-member' : 'invite.is-user');
    else if (person?.status === 'inactive') refuse('invite.suspended');
    else if (person?.in) outcomes.push({ typed: address.original, email, result: 'already-active' });
    else {
      const before = open.get(email);
      toSend.push({
        id: before?.id ?? randomId(),
        address,
        version: (before?.version ?? 0) + 1,
        again: !!before,
      });
      outcomes.push({ typed: address.original, email, result: before ? 'sent-again' : 'sent' });
    }
  }
  if (toSend.length === 0) return outcomes;
  const [room] = await ctx.db.batch([countSent(ctx, target.id, toSend.length)]);
  if (!room.length)
    return outcomes.map((o) =>
      o.result === 'sent' || o.result === 'sent-again'
        ? { typed: o.typed, email: o.email, result: 'refused', reason: 'invite.over-limit' }
        : o,
    );
  const expiresAt = ctx.now + VALID_FOR;
  const mails = await outbox.queueMany(
    ctx,
    toSend.map((i) => ({
      to: i.address.original,
      locale: form.locale,
      invitationId: i.id,
      message: invitationMail(ctx, target, site, { ...form, ...i, expiresAt }),
    })),
  );
  await ctx.commit([
    ...memberships.stillIn(ctx, target.id, true),
    ...inChunks(
      toSend.filter((i) => !i.again),
      (chunk) => insertMany(ctx, target.id, form, expiresAt, chunk),
    ),
    ...inChunks(
      toSend.filter((i) => i.again),
      (chunk) => renewMany(ctx, form, expiresAt, chunk),
    ),
    ...mails.statements,
    ...inChunks(toSend, (chunk) => [auditMany(ctx, target.id, chunk)]),
  ]);
  return outcomes;
}

/** Counts invitations of a space's day; no row when the day is full. What begins below the limit goes out whole. */
const countSent = (ctx: Ctx, spaceId: number, many: number) =>
  rateLimit.countInWindow(
    ctx,
    rateLimit.key(ctx, 'invite', `space:${spaceId}`),
    MOST_A_DAY - 1 + many,
    DAY,
    many,
  );

interface ToSend {
  id: string;
  address: Address;
  version: number;
  again: boolean;
}

/** Statements for every hundred rows: D1 binds at most 100 parameters and 2 MB a value, so rows go as one JSON value. */
const inChunks = (rows: ToSend[], statements: (chunk: ToSend[]) => Statement[]): Statement[] => {
  const all: Statement[] = [];
  for (let i = 0; i < rows.length; i += 100) all.push(...statements(rows.slice(i, i + 100)));
  return all;
};

const rowsOf = (chunk: ToSend[]) =>
  JSON.stringify(
    chunk.map((i) => ({
      id: i.id,
      email: i.address.email,
      original: i.address.original,
      version: i.version,
    })),
  );

const insertMany = (ctx: Ctx, spaceId: number, form: InviteForm, expiresAt: number, chunk: ToSend[]) => [
  ctx.db.run(sql`
    insert into invitation (id, kind, space_id, email, email_original, status, version, subject, message, locale,
      administrator, can_create_spaces, invited_by, created_at, sent_at, expires_at)
    select json_extract(value, '$.id'), 'guest', ${spaceId}, json_extract(value, '$.email'),
      json_extract(value, '$.original'), 'invited', 1, ${form.subject}, ${form.message}, ${form.locale},
      0, 0, ${ctx.actor!.id}, ${ctx.now}, ${ctx.now}, ${expiresAt}
    from json_each(${rowsOf(chunk)})`),
];

/** Sent again: a new version (the old links die), a new week. Guarded: each row must still be of the version before. */
const renewMany = (ctx: Ctx, form: InviteForm, expiresAt: number, chunk: ToSend[]) => [
  ctx.db.run(sql`
    update invitation set status = 'invited', version = version + 1, subject = ${form.subject},
      message = ${form.message}, locale = ${form.locale}, sent_at = ${ctx.now}, expires_at = ${expiresAt},
      invited_by = ${ctx.actor!.id}
    where status in ('invited', 'expired') and (id, version) in
      (select json_extract(value, '$.id'), json_extract(value, '$.version') - 1 from json_each(${rowsOf(chunk)}))`),
  guard(ctx, chunk.length),
  outbox.dropWaiting(
    ctx,
    chunk.map((i) => i.id),
  ),
];

const auditMany = (ctx: Ctx, spaceId: number, chunk: ToSend[]): Statement =>
  ctx.db.run(sql`
    insert into audit_entry (at, action, actor_id, actor_name, subject, space_id, detail, ip)
    select ${ctx.now}, iif(json_extract(value, '$.version') > 1, 'invitation.resent', 'invitation.sent'),
      ${ctx.actor!.id}, ${ctx.actor!.name}, 'invitation:' || json_extract(value, '$.id'), ${spaceId},
      json_object('email', json_extract(value, '$.email')), ${ctx.ip}
    from json_each(${rowsOf(chunk)})`);

const domainAllowed = (site: Settings, email: string): boolean => {
  const domain = email.slice(email.lastIndexOf('@') + 1);
  return site.allowedDomains.length === 0 || site.allowedDomains.includes(domain);
};

const invitationMail = (
  ctx: Ctx,
  target: { name: string },
  site: Settings,
  i: { id: string; version: number; subject: string; message: string; expiresAt: number },
): MailMessage => ({
  kind: 'invitation',
  siteName: site.siteName,
  spaceName: target.name,
  inviterName: ctx.actor!.name,
  subject: i.subject,
  message: i.message,
  url: urlOf(ctx, i.id, i.version, 'mail'),
  expiresAt: i.expiresAt,
  timeZone: ctx.timeZone,
});

/** Administration → Users: invites a person of the company to the site. They come through /signup/<token> too. */
export async function inviteUser(
  ctx: Ctx,
  form: { email: string; administrator: boolean; canCreateSpaces: boolean; locale: Locale },
): Promise<void> {
  allow(ctx, 'site.administer');
  const address = parseAddress(form.email);
  if (!address) throw new Refusal('invalid', { key: 'address.malformed', field: 'email' });
  const site = await settings.read(ctx);
  const [people, open] = await ctx.db.batch([
    ctx.db.select({ kind: user.kind }).from(user).where(eq(user.email, address.email)),
    ctx.db
      .select()
      .from(invitation)
      .where(
        and(
          eq(invitation.email, address.email),
          isNull(invitation.spaceId),
          sql`status in ('invited', 'expired')`,
        ),
      ),
  ]);
  if (people[0])
    throw new Refusal('conflict', {
      key: people[0].kind === 'guest' ? 'users.is-guest' : 'users.exists',
      field: 'email',
    });
  const may = {
    administrator: form.administrator,
    canCreateSpaces: form.canCreateSpaces || form.administrator,
  };
  if (open[0]) return sendAgain(ctx, open[0], null, site, { ...may, locale: form.locale });
  const id = randomId();
  const expiresAt = ctx.now + VALID_FOR;
  const queued = await outbox.queue(ctx, {
    to: address.original,
    locale: form.locale,
    invitationId: id,
    message: userInvitationMail(ctx, site, id, 1, expiresAt),
  });
  try {
    await ctx.commit([
      ctx.db.insert(invitation).values({
        id,
        kind: 'user',
        email: address.email,
        emailOriginal: address.original,
        status: 'invited',
        subject: '',
        message: '',
        locale: form.locale,
        ...may,
        invitedBy: ctx.actor!.id,
        createdAt: ctx.now,
        sentAt: ctx.now,
        expiresAt,
      }),
      queued.statement,
      audit.entry(ctx, 'invitation.sent', `invitation:${id}`, { email: address.email, kind: 'user' }),
    ]);
  } catch (error) {
    // A double click: the first one has sent it.
    if (!isDuplicate(error)) throw error;
  }
}

const userInvitationMail = (
  ctx: Ctx,
  site: Settings,
  id: string,
  version: number,
  expiresAt: number,
): MailMessage => ({
  kind: 'user-invitation',
  siteName: site.siteName,
  inviterName: ctx.actor!.name,
  url: urlOf(ctx, id, version, 'mail'),
  expiresAt,
  timeZone: ctx.timeZone,
});

/** A new link, a new week; the old links die. Also for an expired one. Refuses when it was changed meanwhile. */
export async function sendAgain(
  ctx: Ctx,
  found: Invitation,
  target: spaces.Reached | null,
  site: Settings,
  change: Partial<Pick<Invitation, 'administrator' | 'canCreateSpaces' | 'locale'>> = {},
): Promise<void> {
  if (found.spaceId !== null) {
    const [room] = await ctx.db.batch([countSent(ctx, found.spaceId, 1)]);
    if (!room.length) throw new Refusal('throttled', { key: 'invite.over-limit' });
  }
  const version = found.version + 1;
  const expiresAt = ctx.now + VALID_FOR;
  const queued = await outbox.queue(ctx, {
    to: found.emailOriginal,
    locale: [change.locale, found.locale].find(isLocale) ?? ctx.locale,
    invitationId: found.id,
    message: target
      ? invitationMail(ctx, target, site, { ...found, version, expiresAt })
      : userInvitationMail(ctx, site, found.id, version, expiresAt),
  });
  try {
    await ctx.commit([
      ctx.db
        .update(invitation)
        .set({
          status: 'invited',
          version,
          sentAt: ctx.now,
          expiresAt,
          invitedBy: ctx.actor!.id,
          ...change,
        })
        .where(
          and(
            eq(invitation.id, found.id),
            eq(invitation.version, found.version),
            inArray(invitation.status, ['invited', 'expired']),
          ),
        ),
      guard(ctx),
      outbox.dropWaiting(ctx, [found.id]),
      queued.statement,
      audit.entry(
        ctx,
        'invitation.resent',
        `invitation:${found.id}`,
        { email: found.email, version },
        found.spaceId,
      ),
    ]);
  } catch (error) {
    throw error instanceof LostRace ? new Refusal('conflict', { key: 'invitation.changed' }) : error;
  }
}
