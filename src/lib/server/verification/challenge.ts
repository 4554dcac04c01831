/** The challenge of a second step, found by a cookie of the browser that began it. */
import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import type { Locale } from '../../messages';
import { DAY, HOUR } from '../../time';
import type { Batch, Ctx, Statement } from '../context';
import { hashToken } from '../crypto';
import * as language from '../language';
import { handedCode, invitation, loginChallenge, mail, user, type Settings } from '../schema';
import { parse, settingsColumn } from '../settings';
import { needsCode } from './needed';
import { endTrust } from './trusted';

export const TRIES = 5;
export const CODES = 5;

export type Challenge = typeof loginChallenge.$inferSelect;

export type Subject = Pick<Settings, 'siteName' | 'codeMinutes'> & {
  to: string;
  locale: Locale;
  next: string;
} & (
    | { purpose: 'login'; userId: string }
    | {
        purpose: 'signup';
        invitationId: string;
        invitationVersion: number;
        name: string;
        company: string;
        passwordHash: string;
        sealedPassword: string | null;
        terms: string | null;
      }
  );

/** As long as the longest code, and another hour to ask for a new one. */
export const keepStep = (ctx: Ctx, token: string): void =>
  ctx.cookies.set('foyer-step', token, (2 * HOUR) / 1000);

export async function find(ctx: Ctx) {
  const token = ctx.cookies.get('foyer-step');
  if (!token) return null;
  const [row] = await ctx.db
    .select({
      challenge: loginChallenge,
      mail: { status: mail.status, failure: mail.failure, dropAfterAt: mail.dropAfterAt },
      userEmail: user.email,
      userOriginal: user.emailOriginal,
      userLocale: user.locale,
      person: {
        kind: user.kind,
        administrator: user.administrator,
        emailVerifiedAt: user.emailVerifiedAt,
        loginCount: user.loginCount,
      },
      invitedEmail: invitation.email,
      invitedOriginal: invitation.emailOriginal,
      invitedLocale: invitation.locale,
      settings: settingsColumn,
    })
    .from(loginChallenge)
    .leftJoin(mail, eq(mail.id, loginChallenge.mailId))
    .leftJoin(user, eq(user.id, loginChallenge.userId))
    .leftJoin(invitation, eq(invitation.id, loginChallenge.invitationId))
    .where(
      and(
        eq(loginChallenge.id, hashToken(token)),
        isNull(loginChallenge.consumedAt),
        // A sign-up ends with its invitation.
        sql`(${loginChallenge.purpose} = 'login' or (${invitation.status} = 'invited' and
          ${invitation.version} = ${loginChallenge.invitationVersion}))`,
        // An expired code can still be replaced for a while.
        gt(loginChallenge.expiresAt, ctx.now - HOUR),
      ),
    );
  const email = row?.userEmail ?? row?.invitedEmail;
  if (!row || !email) return null;
  const site = parse(row.settings);
  const { siteName, codeMinutes, trustBrowsers, trustedDays } = site;
  return {
    challenge: row.challenge,
    mail: row.mail,
    email,
    to: row.userOriginal ?? row.invitedOriginal ?? email,
    locale:
      row.invitedLocale !== null
        ? language.ofInvited(ctx, { locale: row.invitedLocale })
        : language.ofVisitor(ctx, { locale: row.userLocale }),
    siteName,
    codeMinutes,
    /** The site may ask less by now. */
    needed: row.challenge.purpose === 'signup' || (row.person !== null && needsCode(row.person, site)),
    /** Days for which this browser may be trusted. Null: it may not. */
    trustedDays: trustBrowsers && row.person?.kind === 'guest' ? trustedDays : null,
  };
}

export const subjectOf = (of: Pick<Challenge, 'userId' | 'invitationId'>): string =>
  of.userId ? `user:${of.userId}` : `invitation:${of.invitationId}`;

/** After a reset, a new password or address, or a deactivation: also the browsers that would skip the step, and codes that were handed out. */
export const endAll = (ctx: Ctx, userId: string): Batch => [
  ctx.db.delete(loginChallenge).where(eq(loginChallenge.userId, userId)),
  endTrust(ctx, userId),
  ctx.db.delete(handedCode).where(eq(handedCode.userId, userId)),
];

export const purge = (ctx: Ctx): Statement =>
  ctx.db.run(sql`delete from login_challenge where id in
    (select id from login_challenge where expires_at <= ${ctx.now - DAY} limit 500)`);
