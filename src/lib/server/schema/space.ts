import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { mapOptions } from '../../space-options';
import { at, audience, flag, folded, id, mentions } from './columns';
import { user } from './site';

export const space = sqliteTable(
  'space',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    name: text('name').notNull(),
    folded: folded(),
    /** A shipped cover's name (static/covers), or `file:<id>`. */
    cover: text('cover').notNull(),
    ...mapOptions((option) => flag(option.column).notNull().default(option.default)),
    announcement: text('announcement').notNull().default(''),
    links: text('links', { mode: 'json' }).$type<{ title: string; url: string }[]>().notNull().default([]),
    /** In the announcement and (`title`) the titles of the links. */
    mentions: mentions(),
    /** Active users. memberships/order.ts keeps this and the next four. */
    userCount: integer('user_count').notNull().default(0),
    guestCount: integer('guest_count').notNull().default(0),
    inactiveGuestCount: integer('inactive_guest_count').notNull().default(0),
    /** Companies with the most guests, and how many others there are. */
    guestCompanies: text('guest_companies', { mode: 'json' })
      .$type<{ name: string; count: number }[]>()
      .notNull()
      .default([]),
    moreCompanies: integer('more_companies').notNull().default(0),
    /** From the form, so that a second post creates no second space. */
    requestKey: text('request_key').notNull(),
    createdBy: text('created_by')
      .notNull()
      .references(() => user.id),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
    /** In the trash since then; cron purges it 14 days later. */
    deletedAt: at('deleted_at'),
    deletedBy: text('deleted_by').references(() => user.id),
    /** Since then everybody reads in it and nobody writes, until it is brought back. */
    archivedAt: at('archived_at'),
    archivedBy: text('archived_by').references(() => user.id),
    /** Appointed by an administrator of the site, which the space page says. */
    appointedAdministratorId: text('appointed_administrator_id'),
    appointedBy: text('appointed_by'),
    appointedAt: at('appointed_at'),
  },
  (t) => [
    index('space_by_creator').on(t.createdBy),
    uniqueIndex('space_request').on(t.requestKey),
    index('space_by_deleter').on(t.deletedBy),
    index('space_by_archiver').on(t.archivedBy),
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

export const membership = sqliteTable(
  'membership',
  {
    spaceId: integer('space_id')
      .notNull()
      .references(() => space.id, { onDelete: 'cascade' }),
    userId: text('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    administrator: flag('administrator').notNull().default(false),
    invitedBy: text('invited_by').references(() => user.id),
    /** Of a guest: who answers for them, while `sponsors.answersIn` says so. */
    sponsorId: text('sponsor_id').references(() => user.id),
    /** Of a guest: from then on they reach the space no more (`access.lasting`), also before cron has moved the row to `ended_access`. */
    endsAt: at('ends_at'),
    /** Of which reminder both know: none, of the week before, of the day before. */
    endsTold: integer('ends_told').notNull().default(0),
    /** The guest would like to stay longer, and that was declined. A new end forgets both. */
    renewalAskedAt: at('renewal_asked_at'),
    renewalDeclinedAt: at('renewal_declined_at'),
    joinedAt: at('joined_at').notNull(),
    lastReadAt: at('last_read_at').notNull(),
    /** Until then the space greets a guest, and the one who made it. */
    greetedAt: at('greeted_at'),
    /** By its person, who then only hears of what names them or is for everybody. */
    muted: flag('muted').notNull().default(false),
    /** Administrators 0, users 1, guests 2; kept by memberships/order.ts. Until then a row counts as a guest. */
    rank: integer('rank').notNull().default(2),
    nameKey: text('name_key').notNull().default(''),
    /** Groups the people by company: empty for users, who come first. */
    companyKey: text('company_key').notNull().default(''),
    /** Of a guest: orders the Guests tab. Empty for users. */
    address: text('address').notNull().default(''),
  },
  (t) => [
    primaryKey({ columns: [t.spaceId, t.userId] }),
    index('membership_in_order').on(t.spaceId, t.rank, t.nameKey, t.userId),
    index('membership_by_company').on(t.spaceId, t.companyKey, t.rank, t.nameKey, t.userId),
    index('membership_guests_by_address')
      .on(t.spaceId, t.address)
      .where(sql`rank = 2`),
    index('membership_by_user').on(t.userId),
    index('membership_administrators')
      .on(t.spaceId)
      .where(sql`administrator = 1`),
    index('membership_by_inviter').on(t.invitedBy),
    // What cron looks for: whom to remind, and what is over.
    index('membership_ending')
      .on(t.endsTold, t.endsAt)
      .where(sql`ends_at is not null`),
    index('membership_by_sponsor')
      .on(t.sponsorId, t.spaceId, t.userId)
      .where(sql`sponsor_id is not null`),
  ],
);

/** A membership of a guest that ended by the clock. It can be renewed as it was, until it is deleted or they join anew. */
export const endedAccess = sqliteTable(
  'ended_access',
  {
    spaceId: integer('space_id')
      .notNull()
      .references(() => space.id, { onDelete: 'cascade' }),
    userId: text('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    invitedBy: text('invited_by').references(() => user.id),
    sponsorId: text('sponsor_id').references(() => user.id),
    endedAt: at('ended_at').notNull(),
    renewalAskedAt: at('renewal_asked_at'),
    renewalDeclinedAt: at('renewal_declined_at'),
    joinedAt: at('joined_at').notNull(),
    lastReadAt: at('last_read_at').notNull(),
    greetedAt: at('greeted_at'),
    muted: flag('muted').notNull().default(false),
    /** Orders the Guests tab. */
    address: text('address').notNull().default(''),
  },
  (t) => [
    primaryKey({ columns: [t.spaceId, t.userId] }),
    index('ended_access_by_address').on(t.spaceId, t.address),
    index('ended_access_by_user').on(t.userId, t.endedAt),
    index('ended_access_by_sponsor').on(t.sponsorId),
    index('ended_access_by_inviter').on(t.invitedBy),
  ],
);

const OPEN = `status in ('invited', 'expired')`;
/** Literally as in its partial indexes, because SQLite does not use them for bound parameters. */
export const isOpenInvitation = (of = 'invitation') => sql.raw(`${of}.${OPEN}`);

/** Of a guest to a space or, without a space, of a user to the site. */
export const invitation = sqliteTable(
  'invitation',
  {
    id: id(),
    kind: text('kind', { enum: ['guest', 'user'] }).notNull(),
    spaceId: integer('space_id').references(() => space.id, { onDelete: 'cascade' }),
    email: text('email').notNull(),
    emailOriginal: text('email_original').notNull(),
    status: text('status', { enum: ['invited', 'expired', 'accepted', 'declined', 'cancelled'] }).notNull(),
    /** Rises with each resend; earlier links no longer work. */
    version: integer('version').notNull().default(1),
    /** Of the form that sent it last, so that a second post sends no second mail. */
    requestKey: text('request_key'),
    subject: text('subject').notNull(),
    message: text('message').notNull(),
    locale: text('locale').notNull(),
    /** How whoever invites a user calls them; they choose their name themselves. */
    name: text('name').notNull().default(''),
    /** What an invited user may do; never set for a guest. */
    administrator: flag('administrator').notNull().default(false),
    canCreateSpaces: flag('can_create_spaces').notNull().default(false),
    invitedBy: text('invited_by')
      .notNull()
      .references(() => user.id),
    /** Who will answer for the guest; null: whoever invited. */
    sponsorId: text('sponsor_id').references(() => user.id),
    /** Until when the guest will have access. */
    accessEndsAt: at('access_ends_at'),
    createdAt: at('created_at').notNull(),
    sentAt: at('sent_at').notNull(),
    expiresAt: at('expires_at').notNull(),
    acceptedAt: at('accepted_at'),
    acceptedBy: text('accepted_by').references(() => user.id),
    /** Whose address it was for, since that has changed: erasing them finds it. */
    formerlyFor: text('formerly_for').references(() => user.id),
    acceptedLinkKind: text('accepted_link_kind', { enum: ['mail', 'copy'] }),
    /** By whoever the mailed link reached, and what they wrote about it. */
    declinedAt: at('declined_at'),
    declineReason: text('decline_reason'),
    askedAt: at('asked_at'),
    /** When a space administrator took what was asked until then off the list. */
    dismissedAt: at('dismissed_at'),
  },
  (t) => [
    uniqueIndex('invitation_open_guest')
      .on(t.spaceId, t.email)
      .where(sql`${sql.raw(OPEN)} and space_id is not null`),
    uniqueIndex('invitation_open_user')
      .on(t.email)
      .where(sql`${sql.raw(OPEN)} and space_id is null`),
    // For "Guest Management": in each order.
    index('invitation_open_by_email')
      .on(t.status, t.email, t.id)
      .where(sql`${sql.raw(OPEN)} and space_id is not null`),
    index('invitation_open_by_time')
      .on(t.status, t.sentAt, t.id)
      .where(sql`${sql.raw(OPEN)} and space_id is not null`),
    index('invitation_open_by_id')
      .on(t.status, t.id)
      .where(sql`${sql.raw(OPEN)} and space_id is not null`),
    // Those declined, in the same orders.
    index('invitation_declined_by_email')
      .on(t.email, t.id)
      .where(sql`status = 'declined' and space_id is not null`),
    index('invitation_declined_by_time')
      .on(t.sentAt, t.id)
      .where(sql`status = 'declined' and space_id is not null`),
    index('invitation_declined_by_id')
      .on(t.id)
      .where(sql`status = 'declined' and space_id is not null`),
    index('invitation_by_space').on(t.spaceId, t.status, t.email),
    // Covers the numbers of the Guests tab.
    index('invitation_open_by_inviter')
      .on(t.spaceId, t.invitedBy, t.status, t.expiresAt, t.email)
      .where(sql.raw(OPEN)),
    index('invitation_asked')
      .on(t.spaceId, t.askedAt)
      .where(sql`asked_at is not null`),
    index('invitation_overdue')
      .on(t.expiresAt)
      .where(sql`status = 'invited'`),
    index('invitation_by_email').on(t.email),
    index('invitation_by_inviter').on(t.invitedBy),
    index('invitation_by_accepter').on(t.acceptedBy),
    index('invitation_formerly_for')
      .on(t.formerlyFor)
      .where(sql`formerly_for is not null`),
    index('invitation_by_sponsor')
      .on(t.sponsorId)
      .where(sql`sponsor_id is not null`),
  ],
);

/** Open pages ask for what is newer than they know. Kept for a week. */
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
    /** The guest who did it or wrote the text, `-` for two guests. Where guests are hidden, only that guest hears of it. */
    ownerId: text('owner_id'),
    /** Of the text at that time; it outlives the text. */
    audience: audience(),
    at: at('at').notNull(),
  },
  (t) => [
    index('space_event_by_space').on(t.spaceId, t.seq),
    index('space_event_public')
      .on(t.spaceId, t.seq)
      .where(sql`audience is null`),
    index('space_event_by_owner')
      .on(t.spaceId, t.ownerId, t.seq)
      .where(sql`audience is null`),
    index('space_event_by_age').on(t.at),
  ],
);
