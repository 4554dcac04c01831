/**
 * Invitations: the whole state machine. invited → accepted | expired | cancelled; expired → invited (resend) |
 * cancelled. Each change is one conditional write, with audit and mail in its batch. An overdue invitation is
 * refused by the clock, whatever the row still says; Cron only writes down what is true already.
 */
import { and, asc, eq, gt, inArray, isNull, lte, sql } from 'drizzle-orm';
import { encodeBase32LowerCaseNoPadding } from '@oslojs/encoding';
import { parseAddress, splitAddresses, type Address } from '../addresses';
import { isLocale, type Locale, type MessageKey } from '../messages';
import * as accounts from './accounts';
import * as audit from './audit';
import { guard, isDuplicate, type Ctx, type Statement } from './context';
import { keyedBytes, randomId, sameText } from './crypto';
import { LostRace, Refusal } from './errors';
import * as outbox from './mail/outbox';
import type { MailMessage } from './mail/messages';
import * as memberships from './memberships';
import * as passwords from './passwords';
import { allow } from './policy';
import * as rateLimit from './rate-limit';
import { invitation, loginChallenge, membership, space, user } from './schema';
import * as sessions from './sessions';
import * as settings from './settings';
import { parse, settingsColumn, type Settings } from './settings';
import * as spaces from './spaces';
import * as verification from './verification';

const DAY = 24 * 3_600_000;
/** An invitation holds for seven days after it was (last) sent. */
export const VALID_FOR = 7 * DAY;
/** Addresses in one go. */
export const MOST_AT_ONCE = 500;
/** Invitations of one space in a day. */
const MOST_A_DAY = 2_000;
/** A sign-up posted twice (double click) still lands in the space this long afterwards. */
const SECOND_POST = 10 * 60_000;

type Invitation = typeof invitation.$inferSelect;
/** `mail`: the link in the mail, proves the mailbox. `copy`: handed on by the inviter, proves nothing. */
export type Via = 'mail' | 'copy';

/**
 * The token of a link: id, then a MAC of id, version and purpose. Nothing of it is stored: it can be made again
 * for a copy, a resend (version + 1) kills it, and who reads the database cannot make one.
 */
const tokenOf = (ctx: Ctx, id: string, version: number, via: Via): string =>
  id +
  encodeBase32LowerCaseNoPadding(
    keyedBytes(ctx.config.secret, 'invitation', `${id}:${version}:${via}`).slice(0, 20),
  );

const urlOf = (ctx: Ctx, id: string, version: number, via: Via): string =>
  `${ctx.config.origin}/signup/${tokenOf(ctx, id, version, via)}`;

/** The token of the mailed link of an open invitation: for the seed and tests, which cannot read mail in between. */
export const mailToken = (ctx: Ctx, i: { id: string; version?: number }): string =>
  tokenOf(ctx, i.id, i.version ?? 1, 'mail');

/** Which link a token is: of the current version, of one that a resend replaced, or none of ours. */
function recognise(ctx: Ctx, found: Invitation, token: string): Via | 'replaced' | null {
  for (const via of ['mail', 'copy'] as const)
    if (sameText(token, tokenOf(ctx, found.id, found.version, via))) return via;
  for (let version = found.version - 1; version >= Math.max(1, found.version - 20); version--)
    for (const via of ['mail', 'copy'] as const)
      if (sameText(token, tokenOf(ctx, found.id, version, via))) return 'replaced';
  return null;
}

// --- Inviting -----------------------------------------------------------------------------------------------

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
  for (const typed of splitAddresses(form.addresses)) {
    const address = parseAddress(typed);
    const refuse = (reason: MessageKey) =>
      void outcomes.push({ typed, email: address?.email ?? null, result: 'refused', reason });
    if (!address) refuse('invite.malformed');
    else if (wanted.has(address.email)) continue;
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
  const day = rateLimit.key(ctx, 'invite', `space:${target.id}`);
  const [room] = await ctx.db.batch([rateLimit.countInWindow(ctx, day, MOST_A_DAY, DAY, toSend.length)]);
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
  if (open[0]) return resendFound(ctx, open[0], null, site, may);
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

// --- Managing -----------------------------------------------------------------------------------------------

/** What the Guests tab says about an invitation or guest. `overdue` rows show as expired before Cron ran. */
export type GuestStatus = 'invited' | 'expired' | 'active' | 'inactive';

export interface GuestRow {
  /** `invitation:<id>` or `guest:<user id>`. */
  ref: string;
  email: string;
  name: string | null;
  status: GuestStatus;
  expiresAt: number | null;
  /** Delivery of the last mail of an open invitation. */
  delivery: { state: 'queued' | 'sent' | 'failed' | 'dropped'; failure: string | null; at: number } | null;
}

const PAGE = 100;

/** Guests tab: guests and open invitations by address, `PAGE` a page (`after`: the last address of the page before). */
export async function guestsTab(ctx: Ctx, spaceId: number, after = '') {
  const lastMail = (column: string) =>
    sql`(select ${sql.raw(column)} from mail where mail.invitation_id = invitation.id
      order by mail.created_at desc limit 1)`;
  const [reach, guests, open, counts] = await ctx.db.batch([
    spaces.reachQuery(ctx, spaceId),
    ctx.db
      .select({ id: user.id, email: user.email, name: user.name, status: user.status })
      .from(membership)
      .innerJoin(user, and(eq(user.id, membership.userId), eq(user.kind, 'guest')))
      .where(and(eq(membership.spaceId, spaceId), gt(user.email, after)))
      .orderBy(asc(user.email))
      .limit(PAGE + 1),
    ctx.db
      .select({
        id: invitation.id,
        email: invitation.email,
        status: invitation.status,
        expiresAt: invitation.expiresAt,
        mailStatus: lastMail('status') as ReturnType<typeof sql<string | null>>,
        failure: lastMail('failure') as ReturnType<typeof sql<string | null>>,
        mailAt: lastMail('coalesce(finished_at, created_at)') as ReturnType<typeof sql<number | null>>,
      })
      .from(invitation)
      .where(
        and(
          eq(invitation.spaceId, spaceId),
          inArray(invitation.status, ['invited', 'expired']),
          gt(invitation.email, after),
        ),
      )
      .orderBy(asc(invitation.email))
      .limit(PAGE + 1),
    ctx.db
      .select({
        open: sql<number>`count(*)`,
        waiting: sql<number>`coalesce(sum(status = 'invited' and expires_at > ${ctx.now}), 0)`,
        active: sql<number>`(select count(*) from membership m join user u on u.id = m.user_id
          where m.space_id = ${spaceId} and u.kind = 'guest' and u.status = 'active')`,
        sending: sql<number>`coalesce(sum((select status in ('queued', 'sending') from mail
          where mail.invitation_id = invitation.id order by mail.created_at desc limit 1)), 0)`,
      })
      .from(invitation)
      .where(and(eq(invitation.spaceId, spaceId), inArray(invitation.status, ['invited', 'expired']))),
  ]);
  allow(ctx, 'space.administer', spaces.reached(ctx, reach).standing);
  const rows: GuestRow[] = [
    ...guests.map((g) => ({
      ref: `guest:${g.id}`,
      email: g.email,
      name: g.name,
      status: g.status,
      expiresAt: null,
      delivery: null,
    })),
    ...open.map((i): GuestRow => {
      const state =
        i.mailStatus === 'sending' ? 'queued' : (i.mailStatus as 'queued' | 'sent' | 'failed' | 'dropped');
      return {
        ref: `invitation:${i.id}`,
        email: i.email,
        name: null,
        status: i.status === 'expired' || i.expiresAt <= ctx.now ? 'expired' : 'invited',
        expiresAt: i.expiresAt,
        delivery: i.mailStatus ? { state, failure: i.failure, at: i.mailAt ?? 0 } : null,
      };
    }),
  ].sort((a, b) => (a.email < b.email ? -1 : a.email > b.email ? 1 : 0));
  return {
    rows: rows.slice(0, PAGE),
    next: rows.length > PAGE ? rows[PAGE - 1]!.email : null,
    ...(counts[0] ?? { open: 0, waiting: 0, active: 0, sending: 0 }),
  };
}

/** Administration → Users: the open invitations of users. For a batch. */
export const openOfUsers = (ctx: Ctx) =>
  ctx.db
    .select({
      id: invitation.id,
      email: invitation.email,
      status: invitation.status,
      expiresAt: invitation.expiresAt,
      administrator: invitation.administrator,
      canCreateSpaces: invitation.canCreateSpaces,
    })
    .from(invitation)
    .where(and(isNull(invitation.spaceId), inArray(invitation.status, ['invited', 'expired'])))
    .orderBy(asc(invitation.email))
    .limit(500);

/** An open invitation that the actor may manage: of the given space, or (without one) of a user. */
async function manage(ctx: Ctx, spaceId: number | null, id: string) {
  const target = spaceId === null ? null : await spaces.administer(ctx, spaceId);
  if (!target) allow(ctx, 'site.administer');
  const [found] = await ctx.db
    .select()
    .from(invitation)
    .where(
      and(
        eq(invitation.id, id),
        spaceId === null ? isNull(invitation.spaceId) : eq(invitation.spaceId, spaceId),
      ),
    );
  if (!found) throw new Refusal('missing');
  return { found, target, site: await settings.read(ctx) };
}

/** Resend: a new link, a new week; the old links die. Also for an expired one. */
export async function resend(ctx: Ctx, spaceId: number | null, id: string): Promise<void> {
  const { found, target, site } = await manage(ctx, spaceId, id);
  await resendFound(ctx, found, target, site);
}

async function resendFound(
  ctx: Ctx,
  found: Invitation,
  target: spaces.Reached | null,
  site: Settings,
  may: Partial<Pick<Invitation, 'administrator' | 'canCreateSpaces'>> = {},
): Promise<void> {
  const version = found.version + 1;
  const expiresAt = ctx.now + VALID_FOR;
  const queued = await outbox.queue(ctx, {
    to: found.emailOriginal,
    locale: isLocale(found.locale) ? found.locale : ctx.locale,
    invitationId: found.id,
    message: target
      ? invitationMail(ctx, target, site, { ...found, version, expiresAt })
      : userInvitationMail(ctx, site, found.id, version, expiresAt),
  });
  try {
    await ctx.commit([
      ctx.db
        .update(invitation)
        .set({ status: 'invited', version, sentAt: ctx.now, expiresAt, ...may })
        .where(
          and(
            eq(invitation.id, found.id),
            eq(invitation.version, found.version),
            inArray(invitation.status, ['invited', 'expired']),
          ),
        ),
      guard(ctx),
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

/** "Copy link": a link of its own, that completes only after a code mailed to the invited address. */
export async function copyLink(ctx: Ctx, spaceId: number | null, id: string): Promise<string> {
  const { found } = await manage(ctx, spaceId, id);
  if (found.status !== 'invited' || found.expiresAt <= ctx.now)
    throw new Refusal('conflict', { key: 'invitation.changed' });
  await ctx.commit([
    audit.entry(
      ctx,
      'invitation.link-copied',
      `invitation:${id}`,
      { email: found.email, version: found.version },
      spaceId,
    ),
  ]);
  return urlOf(ctx, id, found.version, 'copy');
}

/** "Delete" of an invitation: its links are dead at once. Done twice is done once. */
export async function cancel(ctx: Ctx, spaceId: number | null, id: string): Promise<void> {
  const { found } = await manage(ctx, spaceId, id);
  try {
    await ctx.commit([
      ctx.db
        .update(invitation)
        .set({ status: 'cancelled' })
        .where(and(eq(invitation.id, id), inArray(invitation.status, ['invited', 'expired']))),
      guard(ctx),
      ctx.db.delete(loginChallenge).where(eq(loginChallenge.invitationId, id)),
      audit.entry(ctx, 'invitation.cancelled', `invitation:${id}`, { email: found.email }, spaceId),
    ]);
  } catch (error) {
    if (!(error instanceof LostRace)) throw error;
  }
}

// --- Arriving -----------------------------------------------------------------------------------------------

/** What the page behind a link has to say. Opening it changes nothing. */
export type Arrival = {
  email: string;
  spaceId: number | null;
  spaceName: string | null;
  inviterName: string;
  expiresAt: number;
  asked: boolean;
} & (
  | { state: 'open'; via: Via; policy: Settings['policy'] }
  | { state: 'other-account'; actorEmail: string }
  | { state: 'expired' | 'cancelled' | 'replaced' | 'used' | 'has-account' | 'join' | 'member' | 'inactive' }
);

/** Everything about a token in one query: invitation, space, inviter, the account of its address, settings. */
async function findByToken(ctx: Ctx, token: string) {
  const [row] = await ctx.db
    .select({
      invitation,
      spaceName: space.name,
      spaceDeletedAt: space.deletedAt,
      inviterName: sql<string>`(select name from user where id = ${invitation.invitedBy})`,
      account: user,
      memberOf: membership.spaceId,
      settings: settingsColumn,
    })
    .from(invitation)
    .leftJoin(space, eq(space.id, invitation.spaceId))
    .leftJoin(user, eq(user.email, invitation.email))
    .leftJoin(membership, and(eq(membership.userId, user.id), eq(membership.spaceId, invitation.spaceId)))
    .where(eq(invitation.id, token.slice(0, 16)));
  const via = row && recognise(ctx, row.invitation, token);
  if (!row || !via) throw new Refusal('missing');
  return { ...row, via, site: parse(row.settings) };
}

type Found = Awaited<ReturnType<typeof findByToken>>;

/** Where somebody stands who opens this link. Refuses (404) a token that never was one. */
export async function arrive(ctx: Ctx, token: string): Promise<Arrival> {
  return arrivalOf(ctx, await findByToken(ctx, token));
}

function arrivalOf(ctx: Ctx, found: Found): Arrival {
  const { invitation: i, account } = found;
  ctx.settings ??= found.site;
  const common = {
    email: i.email,
    spaceId: i.spaceId,
    spaceName: found.spaceName,
    inviterName: found.inviterName,
    expiresAt: i.expiresAt,
    asked: i.askedAt !== null && i.askedAt > ctx.now - DAY,
  };
  const inside = i.spaceId === null ? i.status === 'accepted' && account !== null : found.memberOf !== null;
  if (i.status === 'cancelled' || found.spaceDeletedAt !== null) return { ...common, state: 'cancelled' };
  if (found.via === 'replaced') return { ...common, state: 'replaced' };
  if (i.status === 'accepted')
    return { ...common, state: inside && ctx.actor?.email === i.email ? 'member' : 'used' };
  if (inside && ctx.actor?.email === i.email) return { ...common, state: 'member' };
  if (i.status === 'expired' || i.expiresAt <= ctx.now) return { ...common, state: 'expired' };
  if (ctx.actor && ctx.actor.email !== i.email)
    return { ...common, state: 'other-account', actorEmail: ctx.actor.email };
  if (account?.status === 'inactive') return { ...common, state: 'inactive' };
  if (ctx.actor) return { ...common, state: 'join' };
  if (account) return { ...common, state: inside ? 'member' : 'has-account' };
  return { ...common, state: 'open', via: found.via, policy: found.site.policy };
}

/** The one conditional write that takes an invitation, and its guard: version and clock are checked by it. */
const take = (ctx: Ctx, i: Pick<Invitation, 'id' | 'version'>, via: Via): Statement[] => [
  ctx.db
    .update(invitation)
    .set({ status: 'accepted', acceptedAt: ctx.now, acceptedVia: via })
    .where(
      and(
        eq(invitation.id, i.id),
        eq(invitation.status, 'invited'),
        eq(invitation.version, i.version),
        gt(invitation.expiresAt, ctx.now),
        sql`(space_id is null or exists (select 1 from space where space.id = space_id and deleted_at is null))`,
      ),
    ),
  guard(ctx),
];

/** The account that came of it; after the account's own insert, since it refers to it. */
const takenBy = (ctx: Ctx, id: string, userId: string): Statement =>
  ctx.db.update(invitation).set({ acceptedBy: userId }).where(eq(invitation.id, id));

const landing = (spaceId: number | null): string => (spaceId === null ? '/' : `/spaces/${spaceId}`);

/**
 * "Login" on the sign-up page. The mailed link signs up at once; a copied one only after a code mailed to the
 * invited address. A second identical post (double click) with the right password simply lands in the space.
 * @returns where to go; null when the link has changed meanwhile: the page then says how
 */
export async function signUp(
  ctx: Ctx,
  token: string,
  form: { name: string; password: string },
): Promise<string | null> {
  const found = await findByToken(ctx, token);
  const arrival = arrivalOf(ctx, found);
  const { invitation: i, site } = found;
  if (arrival.state === 'used' || arrival.state === 'member') return secondPost(ctx, found, form.password);
  if (arrival.state !== 'open') return null;
  const problem = await passwords.problem(site.policy, form.password);
  if (problem) throw new Refusal('invalid', { ...problem, field: 'password' });
  const passwordHash = await passwords.hash(form.password);
  if (arrival.via === 'copy') {
    await verification.begin(ctx, {
      purpose: 'signup',
      invitationId: i.id,
      invitationVersion: i.version,
      name: form.name,
      passwordHash,
      to: i.emailOriginal,
      locale: ctx.locale,
      next: landing(i.spaceId),
      siteName: site.siteName,
    });
    return '/verify';
  }
  try {
    await createAccount(ctx, found, { name: form.name, passwordHash, password: form.password }, 'mail', []);
  } catch (error) {
    if (!(error instanceof LostRace || isDuplicate(error))) throw error;
    return secondPost(ctx, await findByToken(ctx, token), form.password);
  }
  return landing(i.spaceId);
}

/** The account, its membership, its confirmation mail and its first session, in the batch that takes the invitation. */
async function createAccount(
  ctx: Ctx,
  found: Pick<Found, 'invitation' | 'spaceName' | 'site'>,
  form: { name: string; passwordHash: string; password: string | null },
  via: Via,
  first: Statement[],
): Promise<void> {
  const { invitation: i, site } = found;
  const person = {
    id: randomId(),
    kind: i.kind,
    email: i.email,
    emailOriginal: i.emailOriginal,
    name: form.name,
    passwordHash: form.passwordHash,
    administrator: i.kind === 'user' && i.administrator,
    canCreateSpaces: i.kind === 'user' && i.canCreateSpaces,
    mailboxProvedAt: ctx.now,
    loginCount: 1,
    lastLoginAt: ctx.now,
    createdAt: ctx.now,
    updatedAt: ctx.now,
  };
  const queued = await outbox.queue(ctx, {
    to: i.emailOriginal,
    locale: ctx.locale,
    userId: person.id,
    message: {
      kind: 'welcome',
      siteName: site.siteName,
      spaceName: found.spaceName,
      url: ctx.config.origin + landing(i.spaceId),
      loginName: i.email,
      password: site.policy.mailPassword ? form.password : null,
    },
  });
  const handOver = await sessions.begin(ctx, person);
  await ctx.commit([
    ...first,
    ...take(ctx, i, via),
    ctx.db.insert(user).values(person),
    takenBy(ctx, i.id, person.id),
    i.spaceId !== null && memberships.join(ctx, i.spaceId, person.id, i.invitedBy),
    queued.statement,
    audit.entry(
      ctx,
      'account.created',
      `user:${person.id}`,
      { email: i.email, kind: i.kind },
      i.spaceId,
      person,
    ),
    audit.entry(ctx, 'invitation.accepted', `invitation:${i.id}`, { email: i.email, via }, i.spaceId, person),
  ]);
  handOver();
}

/** The form was posted again after it had worked: the right password lands in the space, once more. */
async function secondPost(ctx: Ctx, found: Found, password: string): Promise<string | null> {
  const { invitation: i, account } = found;
  if (i.status !== 'accepted' || !account || (i.acceptedAt ?? 0) < ctx.now - SECOND_POST) return null;
  // Only what this very form made: the link is no way around the second step of an account that joined by it.
  if (found.via !== 'mail' || i.acceptedBy !== account.id || account.createdAt !== i.acceptedAt) return null;
  if (account.status !== 'active') return null;
  if (ctx.actor?.id === account.id) return landing(i.spaceId);
  await accounts.enterAgain(ctx, account.email, password);
  return landing(i.spaceId);
}

/** The second step of a sign-up through a copied link: the right code makes the account. @returns where to go */
export async function finishSignUp(ctx: Ctx, passed: verification.Passed): Promise<string> {
  const { challenge } = passed;
  const [row] = await ctx.db
    .select({ invitation, spaceName: space.name, settings: settingsColumn })
    .from(invitation)
    .leftJoin(space, eq(space.id, invitation.spaceId))
    .where(eq(invitation.id, challenge.invitationId!));
  if (!row || row.invitation.version !== challenge.invitationVersion)
    throw new Refusal('conflict', { key: 'invitation.changed' });
  try {
    await createAccount(
      ctx,
      { ...row, site: parse(row.settings) },
      // The form's password is gone: only its hash waited for the code, so no mail can hold it.
      { name: challenge.name!, passwordHash: challenge.passwordHash!, password: null },
      'copy',
      passed.take,
    );
  } catch (error) {
    if (!(error instanceof LostRace || isDuplicate(error))) throw error;
    throw new Refusal('conflict', { key: 'invitation.changed' });
  }
  ctx.cookies.delete('foyer-step');
  return challenge.next;
}

/** "Join": a signed-in account takes an invitation of its own address. @returns where to go; null: the link has changed */
export async function join(ctx: Ctx, token: string): Promise<string | null> {
  const found = await findByToken(ctx, token);
  const arrival = arrivalOf(ctx, found);
  const { invitation: i } = found;
  if (arrival.state === 'member') return landing(i.spaceId);
  if (arrival.state !== 'join') return null;
  const actor = ctx.actor!;
  try {
    await ctx.commit([
      ...take(ctx, i, found.via as Via),
      takenBy(ctx, i.id, actor.id),
      i.spaceId !== null && memberships.join(ctx, i.spaceId, actor.id, i.invitedBy),
      audit.entry(
        ctx,
        'invitation.accepted',
        `invitation:${i.id}`,
        { email: i.email, via: found.via },
        i.spaceId,
      ),
    ]);
  } catch (error) {
    if (!(error instanceof LostRace)) throw error;
    return null;
  }
  return landing(i.spaceId);
}

/** An expired link: asks the inviter, by mail, for a new one; at most once a day. */
export async function askAgain(ctx: Ctx, token: string): Promise<void> {
  const found = await findByToken(ctx, token);
  const { invitation: i } = found;
  if (arrivalOf(ctx, found).state !== 'expired') return;
  const [inviter] = await ctx.db.select().from(user).where(eq(user.id, i.invitedBy));
  if (!inviter) return;
  const queued = await outbox.queue(ctx, {
    to: inviter.emailOriginal,
    locale: isLocale(inviter.locale) ? inviter.locale : isLocale(i.locale) ? i.locale : ctx.locale,
    userId: inviter.id,
    message: {
      kind: 'link-asked',
      siteName: found.site.siteName,
      spaceName: found.spaceName ?? found.site.siteName,
      guestEmail: i.email,
      url: ctx.config.origin + (i.spaceId === null ? '/admin/users' : `/spaces/${i.spaceId}/settings/guests`),
    },
  });
  try {
    await ctx.commit([
      ctx.db
        .update(invitation)
        .set({ askedAt: ctx.now })
        .where(and(eq(invitation.id, i.id), sql`(asked_at is null or asked_at <= ${ctx.now - DAY})`)),
      guard(ctx),
      queued.statement,
      audit.entry(ctx, 'invitation.asked-again', `invitation:${i.id}`, { email: i.email }, i.spaceId, null),
    ]);
  } catch (error) {
    if (!(error instanceof LostRace)) throw error;
  }
}

// --- Cron ---------------------------------------------------------------------------------------------------

/** Writes down which invitations are overdue: at most `limit` a run, and again next minute. @returns how many */
export async function expireOverdue(ctx: Ctx, limit = 500): Promise<number> {
  const overdue = await ctx.db
    .select({ id: invitation.id, email: invitation.email, spaceId: invitation.spaceId })
    .from(invitation)
    .where(and(eq(invitation.status, 'invited'), lte(invitation.expiresAt, ctx.now)))
    .orderBy(asc(invitation.expiresAt))
    .limit(limit);
  if (overdue.length === 0) return 0;
  const json = JSON.stringify(overdue);
  await ctx.commit([
    // The audit first, by the same condition: what was resent meanwhile is in neither.
    ctx.db.run(sql`
      insert into audit_entry (at, action, actor_id, actor_name, subject, space_id, detail, ip)
      select ${ctx.now}, 'invitation.expired', null, 'Foyer', 'invitation:' || id, space_id, json_object('email', email), ''
      from invitation where status = 'invited' and expires_at <= ${ctx.now}
        and id in (select json_extract(value, '$.id') from json_each(${json}))`),
    ctx.db.run(sql`
      update invitation set status = 'expired' where status = 'invited' and expires_at <= ${ctx.now}
        and id in (select json_extract(value, '$.id') from json_each(${json}))`),
  ]);
  return overdue.length;
}
