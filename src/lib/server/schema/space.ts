/** A space, who is in it or invited, and what happened there. */
import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { mapOptions } from '../../space-options';
import { at, flag, folded, id, mentions } from './columns';
import { user } from './site';

/** A guest space. */
export const space = sqliteTable(
  'space',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    name: text('name').notNull(),
    folded: folded(),
    /** The name of a shipped cover (static/covers), or `file:<id>` of an uploaded one. */
    cover: text('cover').notNull(),
    ...mapOptions((option) => flag(option.column).notNull().default(option.default)),
    announcement: text('announcement').notNull().default(''),
    links: text('links', { mode: 'json' }).$type<{ title: string; url: string }[]>().notNull().default([]),
    /** Whom the announcement and (`title`) the titles of the links name. */
    mentions: mentions(),
    /** How many active users are in it; this and the next three are kept by memberships/order.ts. */
    userCount: integer('user_count').notNull().default(0),
    guestCount: integer('guest_count').notNull().default(0),
    /** The companies of most guests, and how many other companies there are. */
    guestCompanies: text('guest_companies', { mode: 'json' }).$type<string[]>().notNull().default([]),
    moreCompanies: integer('more_companies').notNull().default(0),
    /** A random key of the form, so that a second post of it creates no second space. */
    requestKey: text('request_key').notNull(),
    createdBy: text('created_by')
      .notNull()
      .references(() => user.id),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
    /** In the trash since then; cron purges it 14 days later. */
    deletedAt: at('deleted_at'),
    deletedBy: text('deleted_by').references(() => user.id),
    /** The space administrator whom an administrator of the site appointed, which the space page says. */
    appointedAdministratorId: text('appointed_administrator_id'),
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
     * The order of a space's people: administrators (0), users (1), guests (2), each by name. Derived from the row and its
     * account by memberships/order.ts; until then a row counts as a guest.
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

const OPEN = `status in ('invited', 'expired')`;
/**
 * SQL: whether an invitation is open: it can be accepted, or sent again once it has expired. These are the literal words of its
 * partial indexes, because SQLite does not use them for bound parameters.
 * @param of the table's name or alias
 */
export const isOpenInvitation = (of = 'invitation') => sql.raw(`${of}.${OPEN}`);

/** An invitation of a guest to a space or, without a space, of a user to the site. */
export const invitation = sqliteTable(
  'invitation',
  {
    id: id(),
    kind: text('kind', { enum: ['guest', 'user'] }).notNull(),
    spaceId: integer('space_id').references(() => space.id, { onDelete: 'cascade' }),
    email: text('email').notNull(),
    emailOriginal: text('email_original').notNull(),
    status: text('status', { enum: ['invited', 'expired', 'accepted', 'cancelled'] }).notNull(),
    /** Rises with each resend; links of earlier versions no longer work. */
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
    acceptedLinkKind: text('accepted_link_kind', { enum: ['mail', 'copy'] }),
    /** When the guest last asked the inviter for a new link (at most once a day). */
    askedAt: at('asked_at'),
  },
  (t) => [
    uniqueIndex('invitation_open_guest')
      .on(t.spaceId, t.email)
      .where(sql`${sql.raw(OPEN)} and space_id is not null`),
    uniqueIndex('invitation_open_user')
      .on(t.email)
      .where(sql`${sql.raw(OPEN)} and space_id is null`),
    index('invitation_by_space').on(t.spaceId, t.status, t.email),
    index('invitation_overdue')
      .on(t.expiresAt)
      .where(sql`status = 'invited'`),
    index('invitation_by_inviter').on(t.invitedBy),
    index('invitation_by_accepter').on(t.acceptedBy),
  ],
);

/** Changes in a space, in order: open pages ask for what is newer than they know. Kept for a week. */
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
    /** Whether a guest caused it, which other guests may not see. */
    byGuest: flag('by_guest').notNull(),
    /** The guest who wrote the thread or comment, `-` for two guests. Where guests are hidden, it is only for that guest. */
    ownerId: text('owner_id'),
    at: at('at').notNull(),
  },
  (t) => [index('space_event_by_space').on(t.spaceId, t.seq), index('space_event_by_age').on(t.at)],
);
