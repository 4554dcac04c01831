import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { at, flag, id } from './columns';
import { user } from './site';
import { invitation } from './space';

export const session = sqliteTable(
  'session',
  {
    idHash: text('id_hash').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    createdAt: at('created_at').notNull(),
    lastSeenAt: at('last_seen_at').notNull(),
    /** Idle limit; moves with use. */
    expiresAt: at('expires_at').notNull(),
    /** Absolute limit; never moves. */
    absoluteExpiresAt: at('absolute_expires_at').notNull(),
    ip: text('ip').notNull(),
    userAgent: text('user_agent').notNull(),
    /** Where the connection came from, as Cloudflare guesses it: ISO 3166 and a name. Null if it does not know. */
    country: text('country'),
    city: text('city'),
  },
  (t) => [index('session_by_user').on(t.userId), index('session_by_expiry').on(t.expiresAt)],
);

/** The second step of a login, or of a copied link. Its id hashes a token in a cookie, which ties the code to that browser. */
export const loginChallenge = sqliteTable(
  'login_challenge',
  {
    id: id(),
    purpose: text('purpose', { enum: ['login', 'signup'] }).notNull(),
    userId: text('user_id').references(() => user.id, { onDelete: 'cascade' }),
    /** Of a sign-up, with the invitation's version and the form (the password as its hash). */
    invitationId: text('invitation_id').references(() => invitation.id, { onDelete: 'cascade' }),
    invitationVersion: integer('invitation_version'),
    name: text('name'),
    company: text('company'),
    passwordHash: text('password_hash'),
    /** Only if the confirmation mail will contain it; gone with the code. */
    sealedPassword: text('sealed_password'),
    /** Which terms were accepted with the form, as it sent them. */
    terms: text('terms'),
    codeKey: text('code_key'),
    codeExpiresAt: at('code_expires_at'),
    codeSentAt: at('code_sent_at'),
    codesSent: integer('codes_sent').notNull().default(0),
    tries: integer('tries').notNull().default(0),
    mailId: text('mail_id'),
    next: text('next').notNull().default('/'),
    createdAt: at('created_at').notNull(),
    expiresAt: at('expires_at').notNull(),
    /** Set once, conditionally, by the request that wins. */
    consumedAt: at('consumed_at'),
  },
  (t) => [
    index('login_challenge_by_user').on(t.userId),
    index('login_challenge_by_invitation').on(t.invitationId),
    index('login_challenge_by_expiry').on(t.expiresAt),
  ],
);

/** What an administrator hands to somebody whom no e-mail reaches, for their next second step. */
export const handedCode = sqliteTable(
  'handed_code',
  {
    userId: text('user_id')
      .primaryKey()
      .references(() => user.id, { onDelete: 'cascade' }),
    /** Of its hash in KV. */
    codeKey: text('code_key').notNull(),
    tries: integer('tries').notNull().default(0),
    createdAt: at('created_at').notNull(),
    expiresAt: at('expires_at').notNull(),
  },
  (t) => [index('handed_code_by_expiry').on(t.expiresAt)],
);

/** A browser in which a guest skips the second step. Its id hashes a token in a cookie. */
export const trustedBrowser = sqliteTable(
  'trusted_browser',
  {
    id: id(),
    userId: text('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    createdAt: at('created_at').notNull(),
    lastUsedAt: at('last_used_at').notNull(),
    expiresAt: at('expires_at').notNull(),
    userAgent: text('user_agent').notNull(),
    country: text('country'),
    city: text('city'),
  },
  (t) => [
    index('trusted_browser_by_user').on(t.userId, t.createdAt),
    index('trusted_browser_by_expiry').on(t.expiresAt),
  ],
);

export const passwordReset = sqliteTable(
  'password_reset',
  {
    tokenHash: text('token_hash').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    createdAt: at('created_at').notNull(),
    expiresAt: at('expires_at').notNull(),
    usedAt: at('used_at'),
  },
  (t) => [index('password_reset_by_user').on(t.userId), index('password_reset_by_expiry').on(t.expiresAt)],
);

/** A new e-mail address that its mailbox has yet to confirm. Each person has at most one that is open. */
export const addressChange = sqliteTable(
  'address_change',
  {
    id: id(),
    userId: text('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    tokenHash: text('token_hash').notNull(),
    email: text('email').notNull(),
    emailOriginal: text('email_original').notNull(),
    /** Asked for by an administrator of the site, not by its owner. */
    byAdministrator: flag('by_administrator').notNull().default(false),
    /** Of the form, so that a second post asks for nothing new. */
    requestKey: text('request_key').notNull(),
    mailId: text('mail_id').notNull(),
    /** When the newest link was sent; older links no longer work. */
    sentAt: at('sent_at').notNull(),
    expiresAt: at('expires_at').notNull(),
    usedAt: at('used_at'),
  },
  (t) => [
    uniqueIndex('address_change_by_token').on(t.tokenHash),
    uniqueIndex('address_change_request').on(t.requestKey),
    uniqueIndex('address_change_open')
      .on(t.userId)
      .where(sql`used_at is null`),
    index('address_change_by_user').on(t.userId),
    index('address_change_by_expiry').on(t.expiresAt),
  ],
);

/** Counts failures in a row of a login name or known device, or within a time window of a client IP address. */
export const throttle = sqliteTable(
  'throttle',
  {
    /** What is counted, and a keyed hash: nothing typed is readable here. */
    key: text('key').primaryKey(),
    count: integer('failures').notNull(),
    /** How many times in a row; decides the next lock's length. */
    locks: integer('locks').notNull().default(0),
    windowStartedAt: at('window_started_at').notNull(),
    lockedUntil: at('locked_until').notNull().default(0),
    updatedAt: at('updated_at').notNull(),
    /** Whom its last lock keeps out, so that an administrator can end it. Null for names without an account. */
    userId: text('user_id'),
  },
  (t) => [
    index('throttle_by_age').on(t.updatedAt),
    index('throttle_of_user')
      .on(t.userId)
      .where(sql`user_id is not null`),
  ],
);
