import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { DAY, HOUR, MINUTE } from '../../time';
import { changed, must, type Ctx, type Statement } from '../context';
import { hashToken, randomToken } from '../crypto';
import { Refusal, refuseAll } from '../errors';
import { nobody, record } from '../events';
import * as language from '../language';
import * as outbox from '../mail/outbox';
import * as passwords from '../passwords';
import * as rateLimit from '../rate-limit';
import { passwordReset, user } from '../schema';
import * as sessions from '../sessions';
import { parse, settingsColumn } from '../settings';
import * as verification from '../verification';
import { byLoginName, loginName, unchanged } from './login';
import { endAddressChanges, endResets, passwordChangedMail, withNextEpoch } from './password';

export const RESET_MINUTES = 60;
/** For this long, the same form posted again (double click) still leads to the login. */
const SECOND_POST = 10 * MINUTE;

/** Answers first and works afterwards, so that nobody learns which addresses exist. */
export function askReset(visitor: Ctx, typedEmail: string): void {
  const email = loginName(typedEmail);
  visitor.defer(async (ctx) => {
    const [byName, byOrigin, rows] = await ctx.db.batch([
      rateLimit.countInWindow(ctx, rateLimit.key(ctx, 'forgot', email), 5, HOUR),
      rateLimit.countInWindow(ctx, rateLimit.key(ctx, 'forgot', rateLimit.clientIpGroup(ctx.ip)), 100, HOUR),
      byLoginName(ctx, email),
    ]);
    const row = rows[0];
    if (!byName.length || !byOrigin.length || row?.user.status !== 'active') return;
    const token = randomToken();
    const mail = await outbox.queue(ctx, {
      to: row.user.emailOriginal,
      locale: language.ofVisitor(visitor, row.user),
      message: {
        kind: 'reset',
        siteName: parse(row.settings).siteName,
        url: `${ctx.config.origin}/reset/${token}`,
        minutes: RESET_MINUTES,
        name: row.user.name,
      },
      userId: row.user.id,
    });
    await ctx.commit(
      [
        unchanged(ctx, row.user),
        ctx.db.insert(passwordReset).values({
          tokenHash: hashToken(token),
          userId: row.user.id,
          createdAt: ctx.now,
          expiresAt: ctx.now + RESET_MINUTES * MINUTE,
        }),
        mail.statement,
        record(ctx, { kind: 'account.reset-asked', subject: `user:${row.user.id}`, by: nobody }),
      ],
      // As if it had been asked for a moment later.
      { refusal: () => null },
    );
  });
}

export async function resetTarget(ctx: Ctx, token: string) {
  const [row] = await ctx.db
    .select({ user, settings: settingsColumn })
    .from(passwordReset)
    .innerJoin(user, and(eq(user.id, passwordReset.userId), eq(user.status, 'active')))
    .where(
      and(
        eq(passwordReset.tokenHash, hashToken(token)),
        isNull(passwordReset.usedAt),
        gt(passwordReset.expiresAt, ctx.now),
      ),
    );
  if (!row) return null;
  const site = parse(row.settings);
  ctx.settings ??= site;
  return { person: row.user, site };
}

export async function reset(ctx: Ctx, token: string, password: string): Promise<void> {
  const target = await resetTarget(ctx, token);
  if (!target) return secondPost(ctx, token, password);
  const { person, site } = target;
  refuseAll(await passwords.refusalOf(ctx, site.policy, password, { site, person }));
  const mail = await passwordChangedMail(ctx, person, site);
  const { done } = await ctx.commit(
    [
      ctx.db
        .update(passwordReset)
        .set({ usedAt: ctx.now })
        .where(
          and(
            eq(passwordReset.tokenHash, hashToken(token)),
            isNull(passwordReset.usedAt),
            gt(passwordReset.expiresAt, ctx.now),
          ),
        ),
      must(ctx, changed()),
      ctx.db
        .update(user)
        .set({
          passwordHash: await passwords.hash(password),
          credentialEpoch: sql`credential_epoch + 1`,
          emailVerifiedAt: sql`coalesce(email_verified_at, ${ctx.now})`,
          updatedAt: ctx.now,
        })
        .where(eq(user.id, person.id)),
      endResets(ctx, person.id),
      ...endAddressChanges(ctx, person.id),
      sessions.endAll(ctx, person.id),
      verification.endAll(ctx, person.id),
      rateLimit.reset(ctx, rateLimit.key(ctx, 'name', person.email)),
      rateLimit.reset(ctx, rateLimit.key(ctx, 'code', person.email)),
      rateLimit.carriedOut(ctx, token, password),
      mail.statement,
      record(ctx, {
        kind: 'account.password-changed',
        subject: `user:${person.id}`,
        detail: { by: 'reset' },
        by: person,
      }),
    ],
    { refusal: () => null },
  );
  if (!done) return secondPost(ctx, token, password);
  // Ends known browsers, except the one that has just proved the mailbox.
  sessions.remember(ctx, withNextEpoch(person));
}

/** @throws unless this link has just set this same password */
async function secondPost(ctx: Ctx, token: string, password: string): Promise<void> {
  const used = and(
    eq(passwordReset.tokenHash, hashToken(token)),
    gt(passwordReset.usedAt, ctx.now - SECOND_POST),
  );
  if (
    !(await ctx.db.$count(passwordReset, used)) ||
    !(await rateLimit.wasCarriedOut(ctx, token, SECOND_POST, password))
  )
    throw new Refusal('conflict', { key: 'reset.dead' });
}

export const purgeResets = (ctx: Ctx): Statement =>
  ctx.db.run(sql`delete from password_reset where token_hash in
    (select token_hash from password_reset where expires_at <= ${ctx.now - DAY} limit 500)`);
