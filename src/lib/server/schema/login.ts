import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { at, id } from './columns';
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
