/** Inviting: guests into a space (many at once), users to the site, and sending again. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import * as access from '../access';
import { fitsDomains, parseAddress, readAddresses, type Address } from '../../addresses';
import { isLocale, type Locale, type MessageKey } from '../../messages';
import { changed, must, type Ctx, type Statement, type SignedIn } from '../context';
import { randomId } from '../crypto';
import { Refusal } from '../errors';
import { record, recordMany } from '../events';
import * as outbox from '../mail/outbox';
import type { MailMessage } from '../mail/messages';
import { without } from '../mentions/grammar';
import { nameableQuery, recognised } from '../mentions/people';
import { allow } from '../policy';
import { invitation, isOpenInvitation, membership, user, type Mention, type Settings } from '../schema';
import * as settings from '../settings';
import * as limits from './limits';
import { VALID_FOR, type Invitation, urlOf } from './links';
import { actorMay, domainFits, takeable } from './rule';

/** Addresses in one go. */
const MOST_AT_ONCE = 500;

/** Why an address is not invited, as the end of a sentence that begins with the address. */
type Reason = Extract<MessageKey, `invite.${string}`>;

/** What became of one address, or of an entry that holds none. */
export type Outcome =
  | { typed: string; email: string; result: 'sent' | 'sent-again' | 'already-active' }
  | { typed: string; email: string | null; result: 'refused'; reason: Reason }
  | { typed: string; email: null; result: 'left-out' };

export interface InviteForm {
  /** As typed or pasted; see `readAddresses`. */
  addresses: string;
  subject: string;
  message: string;
  locale: Locale;
}

/** What is known of addresses, read in one batch. */
async function lookUp(ctx: SignedIn, spaceId: number, emails: string[]) {
  const json = JSON.stringify(emails);
  const among = (column: typeof user.email | typeof invitation.email) =>
    sql`${column} in (select value from json_each(${json}))`;
  const { people, open, counted, waiting } = await ctx.read({
    people: ctx.db
      .select({ id: user.id, email: user.email, kind: user.kind, status: user.status, in: membership.userId })
      .from(user)
      .leftJoin(membership, and(eq(membership.userId, user.id), eq(membership.spaceId, spaceId)))
      .where(among(user.email)),
    open: ctx.db
      .select({ id: invitation.id, email: invitation.email, version: invitation.version })
      .from(invitation)
      .where(and(eq(invitation.spaceId, spaceId), isOpenInvitation(), among(invitation.email))),
    counted: limits.countedQuery(ctx, spaceId, emails),
    waiting: limits.waitingQuery(ctx, spaceId, emails),
  });
  return {
    people: new Map(people.map((p) => [p.email, p])),
    open: new Map(open.map((i) => [i.email, i])),
    room: limits.roomOf(ctx, spaceId, counted, waiting),
  };
}

type Known = Awaited<ReturnType<typeof lookUp>>;

/** Why this address cannot be invited now, however it comes to it; null when it can be. */
function whyNot(site: Settings, { people, room }: Known, email: string): Reason | null {
  const person = people.get(email);
  if (!domainAllowed(site, email)) return 'invite.domain';
  if (person?.kind === 'user') return person.in ? 'invite.is-member' : 'invite.is-user';
  if (person?.status === 'inactive') return 'invite.suspended';
  return room.exceeded(email);
}

const domainAllowed = (site: Settings, email: string): boolean =>
  site.allowedDomains.length === 0 || fitsDomains(site.allowedDomains, email);

/** Runs what reads and then writes by what it read, again when somebody else was first (null). */
async function untilDecided<T>(ctx: Ctx, run: () => Promise<T | null>): Promise<T> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const decided = await run();
    if (decided !== null) return decided;
    // The settings came with the session: a rule of domains may be what has changed.
    ctx.settings = null;
  }
  throw changedMeanwhile();
}

const changedMeanwhile = () => new Refusal('conflict', { key: 'invitation.changed' });

/**
 * "Send": invites every address that can be invited and says of each what became of it. All of them land in one
 * batch with their mails, so a request that dies half-way has invited everybody or nobody; the queue is a nudge.
 * Throws only when nothing could be done at all.
 */
export const inviteGuests = (ctx: SignedIn, spaceId: number, form: InviteForm): Promise<Outcome[]> =>
  untilDecided(ctx, async () => {
    const target = await access.requireAdministrator(ctx, spaceId);
    return inviteOnce(ctx, target, await settings.read(ctx), form);
  });

/** @returns null if somebody else was faster */
async function inviteOnce(
  ctx: SignedIn,
  target: access.FoundSpace,
  site: Settings,
  form: InviteForm,
): Promise<Outcome[] | null> {
  const { listed, leftOut } = readAddresses(form.addresses);
  if (listed.length === 0) throw new Refusal('invalid', { key: 'invite.no-address', field: 'addresses' });
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
  const toSend: ToSend[] = [];
  for (const [email, address] of wanted) {
    const typed = address.original;
    const reason = whyNot(site, known, email);
    const before = known.open.get(email);
    if (known.people.get(email)?.in && reason !== 'invite.is-member' && reason !== 'invite.suspended')
      outcomes.push({ typed, email, result: 'already-active' });
    else if (reason) outcomes.push({ typed, email, result: 'refused', reason });
    else {
      known.room.take(email);
      toSend.push({
        id: before?.id ?? randomId(),
        address,
        version: (before?.version ?? 0) + 1,
        words: form,
      });
      outcomes.push({ typed, email, result: before ? 'sent-again' : 'sent' });
    }
  }
  return toSend.length === 0 || (await send(ctx, target, site, toSend, form)) ? outcomes : null;
}

interface ToSend {
  id: string;
  address: Address;
  /** 1: a new one. */
  version: number;
  words: Pick<InviteForm, 'subject' | 'message' | 'locale'>;
}

/**
 * Sends invitations of one space: new ones, and open ones again. One batch.
 * @param form what those that are sent again say from now on; without it, what they said
 * @returns false if somebody else was faster: nothing was sent
 */
async function send(
  ctx: SignedIn,
  target: access.FoundSpace,
  site: Settings,
  rows: ToSend[],
  form: InviteForm | null = null,
): Promise<boolean> {
  const expiresAt = ctx.now + VALID_FOR;
  const wordsFor = await readersOf(ctx, target, rows);
  const mails = await outbox.queueMany(
    ctx,
    rows.map((i) => ({
      to: i.address.original,
      locale: i.words.locale,
      invitationId: i.id,
      countedOn: limits.countersOf(ctx, target.id, i.address.email),
      message: invitationMail(ctx, target, site, { ...wordsFor(i), ...i, expiresAt }),
    })),
  );
  const { done } = await ctx.commit(
    [
      actorMay(ctx, target.id),
      outbox.dropWaiting(
        ctx,
        rows.map((i) => i.id),
      ),
      ...limits.count(
        ctx,
        target.id,
        rows.map((i) => i.address.email),
      ),
      ...(form
        ? inChunks(
            rows.filter((i) => i.version === 1),
            (chunk) => insertMany(ctx, target.id, form, expiresAt, chunk),
          )
        : []),
      ...inChunks(
        rows.filter((i) => i.version > 1),
        (chunk) => renewMany(ctx, form, expiresAt, chunk),
      ),
      ...mails.statements,
      ...inChunks(rows, (chunk) => [recordEach(ctx, target.id, chunk)]),
    ],
    { refusal: () => null, duplicate: 'lost' },
  );
  return done;
}

/**
 * What each mail says. Where guests do not see each other it names no other guest: neither those of the space nor those who are
 * invited with it.
 */
async function readersOf(ctx: SignedIn, target: access.FoundSpace, rows: ToSend[]) {
  type Words = { subject: string; message: string };
  if (access.everybodySees(target, 'guest')) return ({ words }: ToSend): Words => words;
  const texts = [...new Set(rows.flatMap(({ words }) => [words.subject, words.message]))];
  const known = await nameableQuery(ctx, target.id, ...texts);
  const ids = new Set(known.map(({ id }) => id));
  const invited = rows
    .filter(({ id }) => !ids.has(id))
    .map(({ id, address }) => ({ id, name: '', email: address.email, kind: 'guest' as const, here: 0 }));
  const people = [...known, ...invited];
  const read = new Map<string, Mention[]>();
  return ({ words, address }: ToSend): Words => {
    const { subject: title, message: body } = words;
    const key = JSON.stringify([title, body]);
    const mentions = read.get(key) ?? recognised(ctx, { title, body }, people, []).mentions;
    read.set(key, mentions);
    const isOther = (m: Mention) =>
      m.guest === true && !people.some(({ id, email }) => id === m.id && email === address.email);
    return {
      subject: without(title, mentions, isOther, 'title').text,
      message: without(body, mentions, isOther).text,
    };
  };
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

/** Guarded, as the next: each address must still be of a domain that is allowed. */
const insertMany = (ctx: SignedIn, spaceId: number, form: InviteForm, expiresAt: number, chunk: ToSend[]) => [
  ctx.db.run(sql`
    insert into invitation (id, kind, space_id, email, email_original, status, version, subject, message, locale,
      administrator, can_create_spaces, invited_by, created_at, sent_at, expires_at)
    select json_extract(r.value, '$.id'), 'guest', ${spaceId}, json_extract(r.value, '$.email'),
      json_extract(r.value, '$.original'), 'invited', 1, ${form.subject}, ${form.message}, ${form.locale},
      0, 0, ${ctx.actor.id}, ${ctx.now}, ${ctx.now}, ${expiresAt}
    from json_each(${rowsOf(chunk)}) r where ${domainFits(sql`json_extract(r.value, '$.email')`)}`),
  must(ctx, changed(chunk.length)),
];

/** Sent again: a new version (the old links die), a new week. Each row must still be of the version before. */
const renewMany = (ctx: SignedIn, form: InviteForm | null, expiresAt: number, chunk: ToSend[]) => [
  ctx.db.run(sql`
    update invitation set status = 'invited', version = version + 1, sent_at = ${ctx.now}, expires_at = ${expiresAt},
      ${form ? sql`subject = ${form.subject}, message = ${form.message}, locale = ${form.locale},` : sql``}
      invited_by = ${ctx.actor.id}
    where ${isOpenInvitation()} and (id, version) in
      (select json_extract(value, '$.id'), json_extract(value, '$.version') - 1 from json_each(${rowsOf(chunk)}))
      and ${domainFits(sql`invitation.email`)}`),
  must(ctx, changed(chunk.length)),
];

const recordEach = (ctx: Ctx, spaceId: number, chunk: ToSend[]): Statement =>
  recordMany(
    ctx,
    chunk.map((i) => ({
      kind: i.version > 1 ? ('invitation.resent' as const) : ('invitation.sent' as const),
      subject: `invitation:${i.id}`,
      detail: { email: i.address.email },
    })),
    spaceId,
  );

/** What is sent again says what it said. */
const again = (ctx: Ctx, found: Invitation): ToSend => ({
  id: found.id,
  address: { email: found.email, original: found.emailOriginal },
  version: found.version + 1,
  words: { ...found, locale: isLocale(found.locale) ? found.locale : ctx.locale },
});

/** Why a row is not sent again, as a sentence of its own. */
const sentences: Partial<Record<Reason, MessageKey>> = {
  'invite.domain': 'guests.not-domain',
  'invite.is-user': 'guests.not-user',
  'invite.is-member': 'guests.not-user',
  'invite.suspended': 'guests.not-suspended',
  'invite.over-limit-address': 'guests.not-address-limit',
  'invite.over-limit-inviter': 'guests.not-inviter-limit',
  'invite.over-limit': 'guests.not-space-limit',
};

/** A guest's invitation again: a new link, a new week; the old links die. Also for an expired one. */
export async function sendAgain(ctx: SignedIn, found: Invitation, target: access.FoundSpace): Promise<void> {
  const site = await settings.read(ctx);
  const known = await lookUp(ctx, target.id, [found.email]);
  const reason = whyNot(site, known, found.email);
  if (reason) throw refusalOf(reason, found.email);
  if (!(await send(ctx, target, site, [again(ctx, found)]))) throw changedMeanwhile();
}

const refusalOf = (reason: Reason, email: string): Refusal =>
  new Refusal(reason.startsWith('invite.over') ? 'throttled' : 'conflict', {
    key: sentences[reason] ?? 'invitation.changed',
    params: { email },
  });

/**
 * "Resend all expired": as many as one go takes, those that wait longest first.
 * @returns how many went out, and how many of those that were tried did not: for each, "Resend" says why
 */
export const resendExpired = (ctx: SignedIn, spaceId: number): Promise<{ sent: number; not: number }> =>
  untilDecided(ctx, async () => {
    const target = await access.requireAdministrator(ctx, spaceId);
    const site = await settings.read(ctx);
    const expired = await ctx.db
      .select()
      .from(invitation)
      .where(
        and(
          eq(invitation.spaceId, spaceId),
          isOpenInvitation(),
          sql`not ${takeable(ctx)}`,
          // What the rule of domains refuses stands in nobody's way.
          domainFits(sql`invitation.email`),
        ),
      )
      // Last, those that are refused because of whose address it is: however many they are, the others have their turn.
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
      if (!whyNot(site, known, found.email)) {
        known.room.take(found.email);
        toSend.push(again(ctx, found));
      }
    if (toSend.length > 0 && !(await send(ctx, target, site, toSend))) return null;
    return { sent: toSend.length, not: expired.length - toSend.length };
  });

const invitationMail = (
  ctx: SignedIn,
  target: { name: string },
  site: Settings,
  i: { id: string; version: number; subject: string; message: string; expiresAt: number },
): MailMessage => ({
  kind: 'invitation',
  siteName: site.siteName,
  spaceName: target.name,
  inviterName: ctx.actor.name,
  subject: i.subject,
  message: i.message,
  url: urlOf(ctx, i.id, i.version, 'mail'),
  expiresAt: i.expiresAt,
  timeZone: ctx.timeZone,
});

/** Administration → Users: invites a person of the company to the site. They come through /signup/<token> too. */
export async function inviteUser(
  ctx: SignedIn,
  form: { email: string; administrator: boolean; canCreateSpaces: boolean; locale: Locale },
): Promise<void> {
  allow(ctx, 'site.administer');
  const address = parseAddress(form.email);
  if (!address) throw new Refusal('invalid', { key: 'address.malformed', field: 'email' });
  const site = await settings.read(ctx);
  const { people, open } = await ctx.read({
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
  const may = {
    administrator: form.administrator,
    canCreateSpaces: form.canCreateSpaces || form.administrator,
  };
  if (open[0]) return sendUserAgain(ctx, open[0], { ...may, locale: form.locale });
  await refuseOverLimit(ctx, address.email);
  const id = randomId();
  const expiresAt = ctx.now + VALID_FOR;
  const queued = await outbox.queue(ctx, {
    to: address.original,
    locale: form.locale,
    invitationId: id,
    countedOn: limits.countersOf(ctx, null, address.email),
    message: userInvitationMail(ctx, site, id, 1, expiresAt),
  });
  await ctx.commit(
    [
      actorMay(ctx, null),
      ...limits.count(ctx, null, [address.email]),
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
      }),
    ],
    // A double click: the first one has sent it.
    { refusal: changedMeanwhile(), duplicate: 'done' },
  );
}

async function refuseOverLimit(ctx: SignedIn, email: string): Promise<void> {
  const { counted, waiting } = await ctx.read({
    counted: limits.countedQuery(ctx, null, [email]),
    waiting: limits.waitingQuery(ctx, null, [email]),
  });
  const reason = limits.roomOf(ctx, null, counted, waiting).exceeded(email);
  if (reason) throw refusalOf(reason, email);
}

const userInvitationMail = (
  ctx: SignedIn,
  site: Settings,
  id: string,
  version: number,
  expiresAt: number,
): MailMessage => ({
  kind: 'user-invitation',
  siteName: site.siteName,
  inviterName: ctx.actor.name,
  url: urlOf(ctx, id, version, 'mail'),
  expiresAt,
  timeZone: ctx.timeZone,
});

/** A user's invitation again: a new link, a new week; the old links die. Refuses when it was changed meanwhile. */
export async function sendUserAgain(
  ctx: SignedIn,
  found: Invitation,
  change: Partial<Pick<Invitation, 'administrator' | 'canCreateSpaces' | 'locale'>> = {},
): Promise<void> {
  await refuseOverLimit(ctx, found.email);
  const version = found.version + 1;
  const expiresAt = ctx.now + VALID_FOR;
  const queued = await outbox.queue(ctx, {
    to: found.emailOriginal,
    locale: [change.locale, found.locale].find(isLocale) ?? ctx.locale,
    invitationId: found.id,
    countedOn: limits.countersOf(ctx, null, found.email),
    message: userInvitationMail(ctx, await settings.read(ctx), found.id, version, expiresAt),
  });
  await ctx.commit(
    [
      actorMay(ctx, null),
      outbox.dropWaiting(ctx, [found.id]),
      ...limits.count(ctx, null, [found.email]),
      ctx.db
        .update(invitation)
        .set({
          status: 'invited',
          version,
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
    { refusal: changedMeanwhile() },
  );
}
