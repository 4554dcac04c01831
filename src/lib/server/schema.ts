/**
 * Every table and index. Names are singular nouns; times are integer milliseconds UTC named `…_at`;
 * ids are 16 random base32 characters, but of spaces, threads and comments (positive integers).
 */
import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

const id = () => text('id').primaryKey();
const at = (name: string) => integer(name);
/** Names as they are compared (folded.ts); null: not folded yet. */
const folded = () => text('folded');
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
    folded: folded(),
    passwordHash: text('password_hash').notNull(),
    /** Rises with every new password and deactivation: browsers that were known before are not any more. */
    credentialEpoch: integer('credential_epoch').notNull().default(0),
    administrator: flag('administrator').notNull().default(false),
    canCreateSpaces: flag('can_create_spaces').notNull().default(false),
    /** When a mailed link or code first proved that the mailbox is theirs. */
    mailboxProvedAt: at('mailbox_proved_at'),
    /** Completed logins; the sign-up counts as the first. */
    loginCount: integer('login_count').notNull().default(0),
    lastLoginAt: at('last_login_at'),
    locale: text('locale'),
    /** As chosen on /me; of a guest, at first, the browser's. */
    timeZone: text('time_zone'),
    /** The zone of the browser that told last. */
    zoneSeen: text('zone_seen'),
    notify: text('notify', { enum: ['never', 'mentions', 'all'] })
      .notNull()
      .default('mentions'),
    /** Notification mails once a day instead of at once. */
    digest: flag('digest').notNull().default(false),
    /** A moment at which a daily mail is due in the person's zone; later ones follow at multiples of a day. */
    digestAt: at('digest_at').notNull().default(0),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('user_email').on(t.email),
    index('user_by_kind').on(t.kind, t.email),
    index('user_to_fold')
      .on(t.id)
      .where(sql`folded is null`),
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

/** From and to, in UTF-16 units of the text as it is stored; the @ is within. */
export type Place = [from: number, to: number];
/** Somebody whom a text names: who it was, by which name, and where (named.ts). Older rows have no places. */
export interface Mention {
  id: string;
  name: string;
  guest?: boolean;
  /** Neither told nor marked: somebody who was not here any more. Hidden from other guests nevertheless. */
  quiet?: boolean;
  at?: Place[];
  /** Of a thread: in its title. */
  title?: Place[];
}
const mentions = () => text('mentions', { mode: 'json' }).$type<Mention[]>().notNull().default([]);

/** A guest space. */
export const space = sqliteTable(
  'space',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    name: text('name').notNull(),
    folded: folded(),
    /** The name of a shipped cover (static/covers), or `file:<id>` of an uploaded one. */
    cover: text('cover').notNull(),
    severalThreads: flag('several_threads').notNull().default(true),
    blockJoining: flag('block_joining').notNull().default(false),
    blockFollowing: flag('block_following').notNull().default(false),
    showAnnouncement: flag('show_announcement').notNull().default(true),
    showThreads: flag('show_threads').notNull().default(true),
    showPeople: flag('show_people').notNull().default(true),
    showLinks: flag('show_links').notNull().default(true),
    /** Guests neither see other guests nor what they write; the company's people see everybody. */
    guestsHidden: flag('guests_hidden').notNull().default(false),
    announcement: text('announcement').notNull().default(''),
    links: text('links', { mode: 'json' }).$type<{ title: string; url: string }[]>().notNull().default([]),
    /** Whom the announcement names, and (`title`) the titles of the links, one a line. */
    mentions: mentions(),
    /** How many active people are in it, and of which companies its guests are: kept by memberships.ts. */
    users: integer('users').notNull().default(0),
    guests: integer('guests').notNull().default(0),
    /** The companies of most guests, and how many there are besides. */
    guestCompanies: text('guest_companies', { mode: 'json' }).$type<string[]>().notNull().default([]),
    moreCompanies: integer('more_companies').notNull().default(0),
    /** A random key of the form that made the space: a second post of it makes no second space. */
    requestKey: text('request_key').notNull(),
    createdBy: text('created_by')
      .notNull()
      .references(() => user.id),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
    /** In the trash since; purged by cron 14 days later. */
    deletedAt: at('deleted_at'),
    deletedBy: text('deleted_by').references(() => user.id),
    /** Who became space administrator by an administrator of the site (or as one), which the space is told. */
    appointedId: text('appointed_id'),
    appointedBy: text('appointed_by'),
    appointedAt: at('appointed_at'),
  },
  (t) => [
    index('space_by_creator').on(t.createdBy),
    uniqueIndex('space_request').on(t.requestKey),
    index('space_by_deleter').on(t.deletedBy),
    index('space_by_name')
      .on(t.name, t.id)
      .where(sql`deleted_at is null`),
    index('space_to_fold')
      .on(t.id)
      .where(sql`folded is null`),
    index('space_trash')
      .on(t.deletedAt)
      .where(sql`deleted_at is not null`),
  ],
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
    /**
     * What the people of a space are put in order by: administrators (0), users (1), guests (2), each by name. Kept by
     * memberships.ts out of the row and its account; a row that it did not write yet counts as a guest's.
     */
    rank: integer('rank').notNull().default(2),
    nameKey: text('name_key').notNull().default(''),
  },
  (t) => [
    primaryKey({ columns: [t.spaceId, t.userId] }),
    index('membership_in_order').on(t.spaceId, t.rank, t.nameKey, t.userId),
    index('membership_by_user').on(t.userId),
    index('membership_administrators')
      .on(t.spaceId)
      .where(sql`administrator = 1`),
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
    /** What is counted (rate-limit.ts) + keyed hash: no address and nothing typed stands here readable. */
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
    /** What can happen any number of times is one row an hour, whose count rises: this names the row. */
    tally: text('tally'),
    count: integer('count').notNull().default(1),
    /** Of a row that counts: the last time. `at` is the first. */
    lastAt: at('last_at'),
  },
  (t) => [
    uniqueIndex('audit_entry_tally')
      .on(t.tally)
      .where(sql`tally is not null`),
    index('audit_entry_by_space').on(t.spaceId, t.id),
    index('audit_entry_by_actor').on(t.actorId, t.id),
  ],
);

/** Settings of the site, one JSON value a key (settings.ts knows the keys). */
export const setting = sqliteTable('setting', {
  key: text('key').primaryKey(),
  value: text('value').notNull(),
});

/** A thread of a space. What is deleted is gone: rows, history, search, files. */
export const thread = sqliteTable(
  'thread',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    spaceId: integer('space_id')
      .notNull()
      .references(() => space.id, { onDelete: 'cascade' }),
    title: text('title').notNull(),
    body: text('body').notNull(),
    mentions: mentions(),
    authorId: text('author_id')
      .notNull()
      .references(() => user.id),
    commentCount: integer('comment_count').notNull().default(0),
    lastActivityAt: at('last_activity_at').notNull(),
    /** Count and last activity without what guests wrote: what another guest sees where guests are hidden. */
    companyCommentCount: integer('company_comment_count').notNull().default(0),
    companyActivityAt: at('company_activity_at').notNull().default(0),
    pinnedAt: at('pinned_at'),
    /** No comments since. */
    closedAt: at('closed_at'),
    editedAt: at('edited_at'),
    requestKey: text('request_key').notNull(),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    index('thread_by_activity').on(t.spaceId, t.lastActivityAt, t.id),
    index('thread_by_company_activity').on(t.spaceId, t.companyActivityAt, t.id),
    index('thread_pinned')
      .on(t.spaceId, t.pinnedAt)
      .where(sql`pinned_at is not null`),
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
    mentions: mentions(),
    editedAt: at('edited_at'),
    requestKey: text('request_key').notNull(),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    index('comment_by_thread').on(t.threadId, t.id),
    index('comment_naming')
      .on(t.threadId)
      .where(sql`mentions <> '[]'`),
    index('comment_by_author').on(t.authorId),
    uniqueIndex('comment_request').on(t.requestKey),
  ],
);

/** What a thread's first text or a comment said before it was edited. */
export const revision = sqliteTable(
  'revision',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    threadId: integer('thread_id')
      .notNull()
      .references(() => thread.id, { onDelete: 'cascade' }),
    commentId: integer('comment_id').references(() => comment.id, { onDelete: 'cascade' }),
    title: text('title').notNull().default(''),
    body: text('body').notNull(),
    /** Until when it said so. */
    at: at('at').notNull(),
  },
  (t) => [
    index('revision_by_thread').on(t.threadId, t.commentId),
    index('revision_by_comment').on(t.commentId),
  ],
);

/** Somebody's reaction to a comment, or to the thread's first text (`comment_id` 0). */
export const reaction = sqliteTable(
  'reaction',
  {
    threadId: integer('thread_id')
      .notNull()
      .references(() => thread.id, { onDelete: 'cascade' }),
    commentId: integer('comment_id').notNull().default(0),
    userId: text('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    kind: text('kind').notNull(),
    at: at('at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.threadId, t.commentId, t.userId, t.kind] }),
    index('reaction_by_user').on(t.userId),
  ],
);

/** What a thread is to a person: followed or not (null: never said), and read until when. */
export const threadPerson = sqliteTable(
  'thread_person',
  {
    threadId: integer('thread_id')
      .notNull()
      .references(() => thread.id, { onDelete: 'cascade' }),
    userId: text('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    following: flag('following'),
    readAt: at('read_at').notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.threadId, t.userId] }), index('thread_person_by_user').on(t.userId)],
);

/** What happened in a space, in order: open pages ask for what is newer than they know. Kept for a week. */
export const spaceEvent = sqliteTable(
  'space_event',
  {
    seq: integer('seq').primaryKey({ autoIncrement: true }),
    spaceId: integer('space_id')
      .notNull()
      .references(() => space.id, { onDelete: 'cascade' }),
    kind: text('kind').notNull(),
    threadId: integer('thread_id'),
    commentId: integer('comment_id'),
    actorId: text('actor_id').notNull(),
    /** Whether a guest did it: other guests may not see it. */
    byGuest: flag('by_guest').notNull(),
    /** The guest to whose words it was done, `-` where two guests wrote them: hidden guests see it of their own words alone. */
    ownerId: text('owner_id'),
    at: at('at').notNull(),
  },
  (t) => [index('space_event_by_space').on(t.spaceId, t.seq), index('space_event_by_age').on(t.at)],
);

/** A file in R2. Found only through its space (or, the cover of a template, through the right to see that). */
export const file = sqliteTable(
  'file',
  {
    id: id(),
    kind: text('kind', { enum: ['cover', 'attachment'] }).notNull(),
    spaceId: integer('space_id').references(() => space.id, { onDelete: 'set null' }),
    templateId: text('template_id').references(() => spaceTemplate.id, { onDelete: 'set null' }),
    /** Of an attachment, once the thread or comment is there. A file of a thread's first text has no comment. */
    threadId: integer('thread_id').references(() => thread.id, { onDelete: 'set null' }),
    commentId: integer('comment_id').references(() => comment.id, { onDelete: 'set null' }),
    /** Made safe: no path, no control or direction characters. */
    name: text('name').notNull(),
    /** What its first bytes say it is; `application/octet-stream` when they say nothing. */
    type: text('type').notNull(),
    /** Bytes. */
    size: integer('size').notNull(),
    /** Random key in R2; nobody ever sees it. */
    key: text('key').notNull(),
    /** Key of the picture's small version, made in the browser, and its bytes. */
    thumbKey: text('thumb_key'),
    thumbSize: integer('thumb_size').notNull().default(0),
    uploaderId: text('uploader_id')
      .notNull()
      .references(() => user.id),
    createdAt: at('created_at').notNull(),
    /** Null until something uses it; unused ones are purged after a day. */
    attachedAt: at('attached_at'),
    /** No longer used: cron takes it out of R2, then forgets it. */
    goneAt: at('gone_at'),
  },
  (t) => [
    // With what is summed up (files.ts, "Room"), so that the rows themselves are not looked at.
    index('file_by_space').on(t.spaceId, t.goneAt, t.size, t.thumbSize),
    index('file_by_template').on(t.templateId),
    index('file_by_thread').on(t.threadId, t.commentId),
    index('file_by_comment').on(t.commentId),
    index('file_by_uploader').on(t.uploaderId, t.goneAt, t.size, t.thumbSize),
    index('file_unused')
      .on(t.createdAt)
      .where(sql`attached_at is null`),
    index('file_gone')
      .on(t.goneAt)
      .where(sql`gone_at is not null`),
  ],
);

/** Something that somebody is told: in the portal, and by mail as they chose. */
export const notification = sqliteTable(
  'notification',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    userId: text('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    spaceId: integer('space_id')
      .notNull()
      .references(() => space.id, { onDelete: 'cascade' }),
    threadId: integer('thread_id')
      .notNull()
      .references(() => thread.id, { onDelete: 'cascade' }),
    commentId: integer('comment_id').references(() => comment.id, { onDelete: 'cascade' }),
    kind: text('kind', { enum: ['mention', 'comment', 'thread'] }).notNull(),
    /** "To me": a mention. */
    toMe: flag('to_me').notNull(),
    actorId: text('actor_id')
      .notNull()
      .references(() => user.id),
    createdAt: at('created_at').notNull(),
    readAt: at('read_at'),
    /** Put aside to be read later. */
    later: flag('later').notNull().default(false),
    /** When its mail is due; null: none, or written already. */
    mailAt: at('mail_at'),
  },
  (t) => [
    index('notification_by_user').on(t.userId, t.id),
    index('notification_to_me')
      .on(t.userId, t.id)
      .where(sql`to_me = 1`),
    index('notification_later')
      .on(t.userId, t.id)
      .where(sql`later = 1`),
    index('notification_unread')
      .on(t.userId, t.threadId)
      .where(sql`read_at is null`),
    index('notification_mail_due')
      .on(t.mailAt)
      .where(sql`mail_at is not null`),
    index('notification_by_space').on(t.spaceId),
    index('notification_by_thread').on(t.threadId),
    index('notification_by_comment').on(t.commentId),
    index('notification_by_actor').on(t.actorId),
  ],
);

/** What a template makes of a new space. Never people, comments or files. */
export interface TemplateContent {
  cover: string;
  severalThreads: boolean;
  blockJoining: boolean;
  blockFollowing: boolean;
  guestsHidden: boolean;
  showAnnouncement: boolean;
  showThreads: boolean;
  showPeople: boolean;
  showLinks: boolean;
  announcement: string;
  threads: { title: string; body: string }[];
  links: { title: string; url: string }[];
}

/** A template that people of this site made. (Shipped ones stand in space-templates/shipped.) */
export const spaceTemplate = sqliteTable('space_template', {
  id: id(),
  name: text('name').notNull(),
  folded: folded(),
  description: text('description').notNull().default(''),
  content: text('content', { mode: 'json' }).$type<TemplateContent>().notNull(),
  createdBy: text('created_by')
    .notNull()
    .references(() => user.id),
  createdAt: at('created_at').notNull(),
  updatedAt: at('updated_at').notNull(),
});
