/**
 * The second step: a mailed six-digit code that ends a login, or a sign-up through a copied link.
 * Codes live in KV, only as a keyed hash; tries and single use are decided in D1.
 */
import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import type { Locale } from '../messages';
import { normalize } from '../normalize';
import { changed, must, type Ctx, type Statement } from './context';
import { hashToken, isMadeBy, keyedHash, randomCode, randomToken, type Secret } from './crypto';
import { Refusal } from './errors';
import { nobody, record, recordLocks } from './events';
import * as language from './language';
import { log } from './log';
import * as outbox from './mail/outbox';
import { allow } from './policy';
import * as rateLimit from './rate-limit';
import { invitation, loginChallenge, mail, setting, user } from './schema';
import * as sessions from './sessions';
import * as settings from './settings';

const HOUR = 3_600_000;
const TRIES = 5;
/** Codes for one login; then it must begin anew. */
const CODES = 5;
const CODE_MAIL_TIMEOUT = 5_000;
/** Seconds: a little more than the outbox's first back-off. */
const CODE_MAIL_AGAIN_AFTER = 31;
const CODE_MAIL_DROPPED_AFTER = 10 * 60_000;

export type Challenge = typeof loginChallenge.$inferSelect;

/** What a second step is asked for. `password` rows hold hashes only. */
export type Subject =
  | { purpose: 'login'; userId: string; to: string; locale: Locale; next: string; siteName: string }
  | {
      purpose: 'signup';
      invitationId: string;
      invitationVersion: number;
      name: string;
      passwordHash: string;
      sealedPassword: string | null;
      to: string;
      locale: Locale;
      next: string;
      siteName: string;
    };

/**
 * How many code mails an hour go to one address: for its owner's logins, known browsers apart from all others, who
 * cannot use up their share; and for sign-ups by copied links, which others ask for.
 */
const MAILS_AN_HOUR = { signup: 10, login: 30, known: 40 };

/** Room for one more code mail to an address; every mail takes one. Made by `room` alone. */
export type Room = { readonly [taken]: true };
declare const taken: unique symbol;

/** Takes room for one more code mail to an address, or refuses: what is pending goes on as it is. */
export async function room(ctx: Ctx, purpose: Subject['purpose'], email: string): Promise<Room> {
  const known = purpose === 'login' && (await sessions.knownDevice(ctx, email)) !== null;
  const whose = known ? 'known' : purpose;
  const of = rateLimit.key(ctx, 'code', `mails:${whose}:${email}`);
  const most = MAILS_AN_HOUR[whose];
  const [took] = await ctx.db.batch([rateLimit.countInWindow(ctx, of, most, HOUR)]);
  if (took.length) return {} as Room;
  const left = await rateLimit.windowLeft(ctx, of, HOUR, most);
  throw new Refusal('throttled', {
    key: 'verify.too-many-mails',
    params: { minutes: Math.max(1, Math.ceil(left / 60_000)) },
  });
}

/**
 * Begins a second step for this browser: challenge, code, mail. The mail is tried within the request (5 s); the
 * queue is the fallback, and /verify says how it went.
 * @param first statements, each with its `must`, that decide whether there may be a second step at all
 * @param together statements that must land with the challenge
 * @param refusal when one of `first` says no
 */
export async function begin(
  ctx: Ctx,
  room: Room,
  subject: Subject,
  {
    first = [],
    together = [],
    refusal,
  }: { first?: Statement[]; together?: Statement[]; refusal?: Refusal } = {},
): Promise<void> {
  const token = randomToken();
  const id = hashToken(token);
  const code = await makeCode(ctx, room, id, subject);
  await ctx.commit(
    [
      ...first,
      ctx.db.insert(loginChallenge).values({
        id,
        purpose: subject.purpose,
        next: subject.next,
        createdAt: ctx.now,
        codesSent: 1,
        ...code.columns,
        ...(subject.purpose === 'login'
          ? { userId: subject.userId }
          : {
              invitationId: subject.invitationId,
              invitationVersion: subject.invitationVersion,
              name: subject.name,
              passwordHash: subject.passwordHash,
              sealedPassword: subject.sealedPassword,
            }),
      }),
      code.mail.statement,
      record(ctx, {
        kind: 'account.step-asked',
        subject: subjectOf({
          userId: subject.purpose === 'login' ? subject.userId : null,
          invitationId: subject.purpose === 'signup' ? subject.invitationId : null,
        }),
        detail: { purpose: subject.purpose },
        by: nobody,
      }),
      ...together,
    ],
    { refusal },
  );
  keepStep(ctx, token);
  await sendNow(ctx, code.mail.id);
}

/** This browser's hold on its second step: as long as the code, and an hour in which a new one can be asked for. */
const keepStep = (ctx: Ctx, token: string): void => ctx.cookies.set('foyer-step', token, (2 * HOUR) / 1000);

/** A fresh code: its hash in KV under a random key that nobody has read, its mail, its columns. */
async function makeCode(
  ctx: Ctx,
  _room: Room,
  challengeId: string,
  to: Pick<Subject, 'purpose' | 'to' | 'locale' | 'siteName'> & { userId?: string },
) {
  const code = randomCode();
  const codeKey = `code:${randomToken()}`;
  await ctx.kv.put(codeKey, keyedHash(ctx.config.secret, 'code', `${challengeId}:${code}`), {
    expirationTtl: HOUR / 1000,
  });
  const queued = await outbox.queue(ctx, {
    to: to.to,
    locale: to.locale,
    message: { kind: 'code', siteName: to.siteName, code, purpose: to.purpose },
    userId: to.userId,
    dropAfterAt: ctx.now + CODE_MAIL_DROPPED_AFTER,
    nudge: false,
  });
  return {
    mail: queued,
    columns: {
      codeKey,
      codeSentAt: ctx.now,
      codeExpiresAt: ctx.now + HOUR,
      expiresAt: ctx.now + HOUR,
      mailId: queued.id,
      tries: 0,
    },
  };
}

async function sendNow(ctx: Ctx, mailId: string): Promise<void> {
  try {
    const outcome = await outbox.deliver(ctx, mailId, { timeoutMs: CODE_MAIL_TIMEOUT });
    if (outcome !== 'queued') return;
  } catch (error) {
    // The second step is there, and its page says what is known of the mail.
    log(`mail ${mailId}: delivery broke off`, error);
  }
  ctx.defer(outbox.nudge(ctx, mailId, CODE_MAIL_AGAIN_AFTER));
}

/** What /verify shows. Reads D1 only, never KV. */
export interface Pending {
  purpose: 'login' | 'signup';
  /** `g…@partner.example`: enough to know which mailbox to open. */
  maskedEmail: string;
  codeState: 'valid' | 'ended' | 'expired';
  /** It left; it did not yet, and is tried again; it did not and will not; nobody knows. */
  mailState: 'sent' | 'queued' | 'failed' | 'unknown';
  codesLeft: number;
  next: string;
}

/** The second step that this browser is in the middle of; null when there is none (any more). */
export async function pending(ctx: Ctx): Promise<Pending | null> {
  const found = await find(ctx);
  if (!found) return null;
  const { challenge, email } = found;
  return {
    purpose: challenge.purpose,
    maskedEmail: email.replace(/^(.).*@/u, '$1…@'),
    codeState:
      (challenge.codeExpiresAt ?? 0) <= ctx.now ? 'expired' : challenge.tries >= TRIES ? 'ended' : 'valid',
    mailState: mailStateOf(ctx, found.mail),
    codesLeft: Math.max(0, CODES - challenge.codesSent),
    next: challenge.next,
  };
}

/** What is known of the mail with the code, and not more than that. */
function mailStateOf(
  ctx: Ctx,
  row: Pick<typeof mail.$inferSelect, 'status' | 'failure' | 'dropAfterAt'> | null,
): Pending['mailState'] {
  if (!row || row.status === 'sending' || row.failure === 'unknown-outcome') return 'unknown';
  if (row.status === 'sent') return 'sent';
  // Whoever takes it up next will find that it is too late.
  const tooLate = row.dropAfterAt !== null && row.dropAfterAt <= ctx.now;
  return row.status === 'queued' && !tooLate ? 'queued' : 'failed';
}

/** The challenge of this browser's cookie, with whom it belongs to. */
async function find(ctx: Ctx) {
  const token = ctx.cookies.get('foyer-step');
  if (!token) return null;
  const [row] = await ctx.db
    .select({
      challenge: loginChallenge,
      mail: { status: mail.status, failure: mail.failure, dropAfterAt: mail.dropAfterAt },
      userEmail: user.email,
      userOriginal: user.emailOriginal,
      userLocale: user.locale,
      invitedEmail: invitation.email,
      invitedOriginal: invitation.emailOriginal,
      invitedLocale: invitation.locale,
      siteName: sql<string | null>`(select value from ${setting} where key = 'siteName')`,
    })
    .from(loginChallenge)
    .leftJoin(mail, eq(mail.id, loginChallenge.mailId))
    .leftJoin(user, eq(user.id, loginChallenge.userId))
    .leftJoin(invitation, eq(invitation.id, loginChallenge.invitationId))
    .where(
      and(
        eq(loginChallenge.id, hashToken(token)),
        isNull(loginChallenge.consumedAt),
        // A sign-up lives only as long as the invitation that it is for.
        sql`(${loginChallenge.purpose} = 'login' or (${invitation.status} = 'invited' and
          ${invitation.version} = ${loginChallenge.invitationVersion}))`,
        // An expired code can still be replaced by a new one for a while.
        gt(loginChallenge.expiresAt, ctx.now - HOUR),
      ),
    );
  const email = row?.userEmail ?? row?.invitedEmail;
  if (!row || !email) return null;
  return {
    challenge: row.challenge,
    mail: row.mail,
    email,
    to: row.userOriginal ?? row.invitedOriginal ?? email,
    locale:
      row.invitedLocale !== null
        ? language.ofInvited(ctx, { locale: row.invitedLocale })
        : language.ofVisitor(ctx, { locale: row.userLocale }),
    siteName: row.siteName ? (JSON.parse(row.siteName) as string) : 'Foyer',
  };
}

/** "Send a new code": replaces the old one, which is dead at once. At most five codes a login. */
export async function sendAgain(ctx: Ctx): Promise<void> {
  const found = await find(ctx);
  if (!found) throw new Refusal('conflict', { key: 'verify.gone' });
  const { challenge } = found;
  // Only what would be mailed is counted.
  if (challenge.codesSent >= CODES) throw new Refusal('throttled', { key: 'verify.no-more-codes' });
  const code = await makeCode(ctx, await room(ctx, challenge.purpose, found.email), challenge.id, {
    purpose: challenge.purpose,
    userId: challenge.userId ?? undefined,
    ...found,
  });
  await ctx.commit(
    [
      ctx.db
        .update(loginChallenge)
        .set({ ...code.columns, codesSent: sql`codes_sent + 1` })
        .where(
          and(
            eq(loginChallenge.id, challenge.id),
            isNull(loginChallenge.consumedAt),
            lt(loginChallenge.codesSent, CODES),
          ),
        ),
      must(ctx, changed()),
      code.mail.statement,
      record(ctx, {
        kind: 'account.step-asked',
        subject: subjectOf(challenge),
        detail: { purpose: challenge.purpose },
        by: nobody,
      }),
    ],
    { refusal: new Refusal('throttled', { key: 'verify.no-more-codes' }) },
  );
  keepStep(ctx, ctx.cookies.get('foyer-step')!);
  await sendNow(ctx, code.mail.id);
}

/** Whose wrong codes in a row count together: a known browser's, an account's, or an invitation's. */
const codesOf = async (ctx: Ctx, challenge: Challenge, email: string) =>
  challenge.purpose === 'signup'
    ? { kind: 'code' as const, value: `sign-up:${challenge.invitationId}`, device: null }
    : { kind: 'code' as const, value: email, device: await sessions.knownDevice(ctx, email) };

/** Whom the audit names for a second step. */
const subjectOf = (of: Pick<Challenge, 'userId' | 'invitationId'>): string =>
  of.userId ? `user:${of.userId}` : `invitation:${of.invitationId}`;

/** A right code: what it was for, and the statements that take it. They must stand first in the batch that acts on it. */
export interface Passed {
  challenge: Challenge;
  email: string;
  take: Statement[];
}

/**
 * Checks a typed code. The try is counted in D1 before anything is compared; five wrong ones end the code.
 * Returns statements instead of writing: whoever commits them first has the one use of the code.
 */
export async function check(ctx: Ctx, typed: string, formKey?: string): Promise<Passed> {
  const found = await find(ctx);
  if (!found) throw new Refusal('conflict', { key: 'verify.gone' });
  const { challenge, email } = found;
  const code = codeOf(typed);
  // Not a try: nobody's code looks like this.
  if (!code) throw new Refusal('invalid', { key: 'verify.wrong-format', field: 'code' });
  const post = rateLimit.postKey(ctx, formKey, 'code', challenge.id, challenge.codeKey ?? '', code);
  if (await rateLimit.isRepeated(ctx, { post })) throw wrong((await find(ctx))?.challenge.tries ?? TRIES);
  // The challenge's own count first: only a code that is alive can use up anybody's tries.
  const [row] = await ctx.db
    .update(loginChallenge)
    .set({ tries: sql`tries + 1` })
    .where(
      and(
        eq(loginChallenge.id, challenge.id),
        isNull(loginChallenge.consumedAt),
        gt(loginChallenge.codeExpiresAt, ctx.now),
        lt(loginChallenge.tries, TRIES),
      ),
    )
    .returning();
  if (!row?.codeKey) {
    await ctx.commit(rateLimit.release(ctx, { post }));
    throw new Refusal('conflict', {
      key: (challenge.codeExpiresAt ?? 0) <= ctx.now ? 'verify.expired' : 'verify.ended',
      field: 'code',
    });
  }
  const tried = await rateLimit.tryOf(ctx, await codesOf(ctx, challenge, email), post);
  const [inARow, clientIps] = await ctx.db.batch(rateLimit.counting(ctx, tried));
  let locks;
  try {
    locks = await rateLimit.decide(ctx, tried, inARow, clientIps);
  } catch (error) {
    await ctx.db
      .update(loginChallenge)
      .set({ tries: sql`max(0, tries - 1)` })
      .where(eq(loginChallenge.id, row.id));
    throw error;
  }
  const expected = await ctx.kv.get(row.codeKey);
  const hashed = (secret: Secret) => keyedHash(secret, 'code', `${row.id}:${code}`);
  if (!expected || !isMadeBy(ctx.config.secret, hashed, expected)) {
    await ctx.commit([
      ...rateLimit.failed(ctx, tried),
      record(ctx, {
        kind: 'account.step-failed',
        subject: subjectOf(row),
        detail: { purpose: row.purpose },
        by: nobody,
      }),
      ...recordLocks(ctx, subjectOf(row), locks),
    ]);
    throw wrong(row.tries);
  }
  return {
    challenge: row,
    email,
    take: [
      ctx.db
        .update(loginChallenge)
        .set({ consumedAt: ctx.now, codeKey: null, passwordHash: null, sealedPassword: null })
        .where(
          and(
            eq(loginChallenge.id, row.id),
            isNull(loginChallenge.consumedAt),
            eq(loginChallenge.codeKey, row.codeKey),
          ),
        ),
      must(ctx, changed()),
      ...rateLimit.succeeded(ctx, tried),
      ...record(ctx, {
        kind: 'account.step-passed',
        subject: subjectOf(row),
        detail: { purpose: row.purpose },
        by: nobody,
      }),
    ],
  };
}

/** The six digits that somebody typed: wide ones too, with blanks and dashes anywhere. Null: it cannot be a code. */
function codeOf(typed: string): string | null {
  const code = normalize(typed, 'NFKC').replace(/[\s\p{Pd}\p{Default_Ignorable_Code_Point}\u2212]/gu, '');
  return /^[0-9]{6}$/.test(code) ? code : null;
}

/** A code that was not the right one, after so many tries of it. */
const wrong = (tries: number): Refusal =>
  new Refusal('invalid', {
    key: tries >= TRIES ? 'verify.ended' : 'verify.wrong',
    params: { left: Math.max(0, TRIES - tries) },
    field: 'code',
  });

/** Why two-step verification had better not be switched on now: mail does not leave, an administrator may be locked out. */
export type Trouble = 'mail' | 'locked-out' | 'both';

/**
 * Administration: asked before two-step verification is switched on. Warns once, where it may shut people out: guests,
 * since mail does not leave, or the administrators, none of whom has shown yet that mail reaches them.
 * @param confirmed the warning that the form was saved in spite of
 */
export async function checkSwitch(ctx: Ctx, confirmed: string | undefined): Promise<void> {
  allow(ctx, 'site.administer');
  if ((await settings.read(ctx)).twoStep) return;
  const [mailWorks, safe] = await Promise.all([
    outbox.works(ctx),
    ctx.db
      .select({ id: user.id })
      .from(user)
      .where(sql`administrator = 1 and status = 'active' and kind = 'user' and email_verified_at is not null`)
      .limit(1),
  ]);
  const lockedOut = safe.length === 0;
  if (mailWorks && !lockedOut) return;
  const trouble: Trouble = !lockedOut ? 'mail' : mailWorks ? 'locked-out' : 'both';
  if (confirmed !== trouble)
    throw new Refusal('conflict', { key: `authentication.warn-${trouble}`, field: 'twoStep' });
}

/** Ends every pending login of an account: reset, new password, deactivation. */
export const endAll = (ctx: Ctx, userId: string): Statement =>
  ctx.db.delete(loginChallenge).where(eq(loginChallenge.userId, userId));

/** Cron: forgets dead challenges, some at a time. */
export const purge = (ctx: Ctx): Statement =>
  ctx.db.run(sql`delete from login_challenge where id in
    (select id from login_challenge where expires_at <= ${ctx.now - 24 * HOUR} limit 500)`);
