/**
 * Every table and index. Names are singular nouns; times are integer milliseconds UTC named `…_at`;
 * ids are 16 random base32 characters, but of spaces, threads and comments (positive integers).
 */
import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

const id = () => text('id').primaryKey();
const at = (name: string) => integer(name);
const flag = (name: string) => integer(name, { mode: 'boolean' });

/** A person: `user` of the company, or `guest`, who has an account only because somebody invited them. */
export const user = sqliteTable(
  'user',
  {
    id: id(),
    kind: text('kind', { enum: ['user', 'guest'] }).notNull(),
    status: text('status', { enum: ['active', 'inactive'] })
      .notNull()
      .default('active'),
    /** Canonical: lower-cased, IDNA, NFC. The login name. */
    email: text('email').notNull(),
    /** As it was written; mail goes here. */
    emailOriginal: text('email_original').notNull(),
    name: text('name').notNull(),
    company: text('company').notNull().default(''),
    passwordHash: text('password_hash').notNull(),
    administrator: flag('administrator').notNull().default(false),
    canCreateSpaces: flag('can_create_spaces').notNull().default(false),
    /** When a mailed link or code first proved that the mailbox is theirs. */
    mailboxProvedAt: at('mailbox_proved_at'),
    /** Completed logins; the sign-up counts as the first. */
    loginCount: integer('login_count').notNull().default(0),
    lastLoginAt: at('last_login_at'),
    locale: text('locale'),
    timeZone: text('time_zone'),
    notify: text('notify', { enum: ['never', 'mentions', 'all'] })
      .notNull()
      .default('mentions'),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('user_email').on(t.email),
    index('user_by_kind').on(t.kind, t.email),
    index('user_administrators')
      .on(t.id)
      .where(sql`administrator = 1 and status = 'active'`),
  ],
);

/** A signed-in browser. Only the SHA-256 of the session's id is stored. Written by sessions.ts alone. */
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

/** A guest space. */
export const space = sqliteTable(
  'space',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    name: text('name').notNull(),
    /** The name of a shipped cover (static/covers), or `file:<id>` of an uploaded one. */
    cover: text('cover').notNull(),
    severalThreads: flag('several_threads').notNull().default(true),
    blockJoining: flag('block_joining').notNull().default(false),
    blockFollowing: flag('block_following').notNull().default(false),
    showAnnouncement: flag('show_announcement').notNull().default(true),
    showThreads: flag('show_threads').notNull().default(true),
    showPeople: flag('show_people').notNull().default(true),
    showLinks: flag('show_links').notNull().default(true),
    announcement: text('announcement').notNull().default(''),
    links: text('links', { mode: 'json' }).$type<{ title: string; url: string }[]>().notNull().default([]),
    /** A random key of the form that made the space: a second post of it makes no second space. */
    requestKey: text('request_key').notNull(),
    createdBy: text('created_by')
      .notNull()
      .references(() => user.id),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
    deletedAt: at('deleted_at'),
  },
  (t) => [index('space_by_creator').on(t.createdBy), uniqueIndex('space_request').on(t.requestKey)],
);

/** Who is in a space: users and guests. */
export const membership = sqliteTable(
  'membership',
  {
    spaceId: integer('space_id')
      .notNull()
      .references(() => space.id, { onDelete: 'cascade' }),
    userId: text('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    /** Administrator of this space; never a guest. */
    administrator: flag('administrator').notNull().default(false),
    invitedBy: text('invited_by').references(() => user.id),
    joinedAt: at('joined_at').notNull(),
    lastReadAt: at('last_read_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.spaceId, t.userId] }),
    index('membership_by_user').on(t.userId),
    index('membership_by_inviter').on(t.invitedBy),
  ],
);

/** An invitation: of a guest into a space, or (without a space) of a user to the site. */
export const invitation = sqliteTable(
  'invitation',
  {
    id: id(),
    kind: text('kind', { enum: ['guest', 'user'] }).notNull(),
    spaceId: integer('space_id').references(() => space.id, { onDelete: 'cascade' }),
    email: text('email').notNull(),
    emailOriginal: text('email_original').notNull(),
    status: text('status', { enum: ['invited', 'expired', 'accepted', 'cancelled'] }).notNull(),
    /** Goes up with each resend; the links of earlier versions are dead. */
    version: integer('version').notNull().default(1),
    subject: text('subject').notNull(),
    message: text('message').notNull(),
    locale: text('locale').notNull(),
    /** What an invited user may do; never set for a guest. */
    administrator: flag('administrator').notNull().default(false),
    canCreateSpaces: flag('can_create_spaces').notNull().default(false),
    invitedBy: text('invited_by')
      .notNull()
      .references(() => user.id),
    createdAt: at('created_at').notNull(),
    sentAt: at('sent_at').notNull(),
    expiresAt: at('expires_at').notNull(),
    acceptedAt: at('accepted_at'),
    acceptedBy: text('accepted_by').references(() => user.id),
    acceptedVia: text('accepted_via', { enum: ['mail', 'copy'] }),
    /** When the guest last asked the inviter for a new link (at most once a day). */
    askedAt: at('asked_at'),
  },
  (t) => [
    uniqueIndex('invitation_open_guest')
      .on(t.spaceId, t.email)
      .where(sql`status in ('invited', 'expired') and space_id is not null`),
    uniqueIndex('invitation_open_user')
      .on(t.email)
      .where(sql`status in ('invited', 'expired') and space_id is null`),
    index('invitation_by_space').on(t.spaceId, t.status, t.email),
    index('invitation_overdue')
      .on(t.expiresAt)
      .where(sql`status = 'invited'`),
    index('invitation_by_inviter').on(t.invitedBy),
    index('invitation_by_accepter').on(t.acceptedBy),
  ],
);

/**
 * The second step: of a login (password was right), or of a sign-up through a copied link.
 * The id is the SHA-256 of the token in the browser's cookie, which ties the code to that browser.
 */
export const loginChallenge = sqliteTable(
  'login_challenge',
  {
    id: id(),
    purpose: text('purpose', { enum: ['login', 'signup'] }).notNull(),
    /** Of a login. */
    userId: text('user_id').references(() => user.id, { onDelete: 'cascade' }),
    /** Of a sign-up: the invitation and its version, and what the form held (the password as its hash). */
    invitationId: text('invitation_id').references(() => invitation.id, { onDelete: 'cascade' }),
    invitationVersion: integer('invitation_version'),
    name: text('name'),
    passwordHash: text('password_hash'),
    /** The password itself, sealed, and only where the confirmation mail will hold it; gone with the code. */
    sealedPassword: text('sealed_password'),
    /** The random key in KV of the current code; null when no code is valid. */
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

/** Failures in a row of a login name or a known device, or within a window of an address of origin. */
export const throttle = sqliteTable(
  'throttle',
  {
    /** `name:`, `device:`, `ip:`, `forgot:`, `code:`, `invite:` + keyed hash: no address stands here readable. */
    key: text('key').primaryKey(),
    failures: integer('failures').notNull(),
    /** How many times in a row it was locked; decides for how long. */
    locks: integer('locks').notNull().default(0),
    windowStartedAt: at('window_started_at').notNull(),
    lockedUntil: at('locked_until').notNull().default(0),
    updatedAt: at('updated_at').notNull(),
  },
  (t) => [index('throttle_by_age').on(t.updatedAt)],
);

/** A link to choose a new password. */
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

/** The outbox: written in the same batch as the change that causes the mail; the queue is only a nudge. */
export const mail = sqliteTable(
  'mail',
  {
    id: id(),
    kind: text('kind').notNull(),
    toEmail: text('to_email').notNull(),
    locale: text('locale').notNull(),
    /** The props, sealed (AES-GCM). Null once delivered or given up. */
    sealed: text('sealed'),
    status: text('status', { enum: ['queued', 'sending', 'sent', 'failed', 'dropped'] }).notNull(),
    /** Deliveries tried. */
    attempts: integer('attempts').notNull().default(0),
    /** Deliveries with an unknown outcome; a second one is final. */
    unknowns: integer('unknowns').notNull().default(0),
    leaseUntil: at('lease_until').notNull().default(0),
    nextAttemptAt: at('next_attempt_at').notNull(),
    /** After this it is dropped unsent. */
    dropAfterAt: at('drop_after_at'),
    /** Why the last delivery failed: a word of mail/transport.ts, and what the other side said. */
    failure: text('failure'),
    failureDetail: text('failure_detail'),
    userId: text('user_id').references(() => user.id, { onDelete: 'set null' }),
    invitationId: text('invitation_id').references(() => invitation.id, { onDelete: 'cascade' }),
    createdAt: at('created_at').notNull(),
    finishedAt: at('finished_at'),
  },
  (t) => [
    index('mail_due')
      .on(t.nextAttemptAt)
      .where(sql`status in ('queued', 'sending')`),
    index('mail_finished')
      .on(t.finishedAt)
      .where(sql`finished_at is not null`),
    index('mail_by_invitation').on(t.invitationId, t.createdAt),
    index('mail_by_user').on(t.userId),
  ],
);

/** What the local transport delivered, sealed. Local only. */
export const mailboxEntry = sqliteTable(
  'mailbox_entry',
  { id: id(), sealed: text('sealed').notNull(), sentAt: at('sent_at').notNull() },
  (t) => [index('mailbox_entry_by_time').on(t.sentAt)],
);

/** Who did what to which account, invitation, space or setting. Never holds a secret. */
export const auditEntry = sqliteTable(
  'audit_entry',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    at: at('at').notNull(),
    action: text('action').notNull(),
    actorId: text('actor_id'),
    actorName: text('actor_name').notNull(),
    subject: text('subject').notNull(),
    spaceId: integer('space_id'),
    detail: text('detail', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    ip: text('ip').notNull(),
  },
  (t) => [
    index('audit_entry_by_space').on(t.spaceId, t.id),
    index('audit_entry_by_actor').on(t.actorId, t.id),
  ],
);

/** Settings of the site, one JSON value a key (settings.ts knows the keys). */
export const setting = sqliteTable('setting', {
  key: text('key').primaryKey(),
  value: text('value').notNull(),
});

/** A thread of a space. */
export const thread = sqliteTable(
  'thread',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    spaceId: integer('space_id')
      .notNull()
      .references(() => space.id, { onDelete: 'cascade' }),
    title: text('title').notNull(),
    body: text('body').notNull(),
    authorId: text('author_id')
      .notNull()
      .references(() => user.id),
    commentCount: integer('comment_count').notNull().default(0),
    lastActivityAt: at('last_activity_at').notNull(),
    requestKey: text('request_key').notNull(),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    index('thread_by_activity').on(t.spaceId, t.lastActivityAt, t.id),
    index('thread_by_author').on(t.authorId),
    uniqueIndex('thread_request').on(t.requestKey),
  ],
);

/** A comment of a thread. */
export const comment = sqliteTable(
  'comment',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    threadId: integer('thread_id')
      .notNull()
      .references(() => thread.id, { onDelete: 'cascade' }),
    authorId: text('author_id')
      .notNull()
      .references(() => user.id),
    body: text('body').notNull(),
    requestKey: text('request_key').notNull(),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    index('comment_by_thread').on(t.threadId, t.id),
    index('comment_by_author').on(t.authorId),
    uniqueIndex('comment_request').on(t.requestKey),
  ],
);
