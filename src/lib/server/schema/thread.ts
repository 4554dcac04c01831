import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { FILE_CATEGORIES } from '../../files';
import { at, audience, flag, id, mentions, spaceId } from './columns';
import { user, spaceTemplate } from './site';
import { space } from './space';

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
    /** If only for the company, so are its comments. */
    audience: audience(),
    /** When somebody made it visible to guests, if it was only for the company before. */
    openedAt: at('opened_at'),
    commentCount: integer('comment_count').notNull().default(0),
    lastActivityAt: at('last_activity_at').notNull(),
    /** Without what is only for the company, for guests. */
    publicCommentCount: integer('public_comment_count').notNull().default(0),
    publicActivityAt: at('public_activity_at').notNull().default(0),
    /** And without guests' texts, for guests who do not see each other. */
    staffCommentCount: integer('staff_comment_count').notNull().default(0),
    staffActivityAt: at('staff_activity_at').notNull().default(0),
    pinnedAt: at('pinned_at'),
    closedAt: at('closed_at'),
    editedAt: at('edited_at'),
    requestKey: text('request_key').notNull(),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    index('thread_by_activity').on(t.spaceId, t.lastActivityAt, t.id),
    index('thread_by_public_activity')
      .on(t.spaceId, t.publicActivityAt, t.id)
      .where(sql`audience is null`),
    index('thread_by_staff_activity')
      .on(t.spaceId, t.staffActivityAt, t.id)
      .where(sql`audience is null`),
    // For the filters "Open" and "Closed": one index in each view has both.
    index('thread_by_state').on(t.spaceId, sql`closed_at is null`, t.lastActivityAt, t.id),
    index('thread_by_public_state')
      .on(t.spaceId, sql`closed_at is null`, t.publicActivityAt, t.id)
      .where(sql`audience is null`),
    index('thread_by_staff_state')
      .on(t.spaceId, sql`closed_at is null`, t.staffActivityAt, t.id)
      .where(sql`audience is null`),
    index('thread_for_company')
      .on(t.spaceId)
      .where(sql`audience is not null`),
    index('thread_pinned')
      .on(t.spaceId, t.pinnedAt)
      .where(sql`pinned_at is not null`),
    index('thread_by_author').on(t.authorId),
    uniqueIndex('thread_request').on(t.requestKey),
  ],
);

export const comment = sqliteTable(
  'comment',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    spaceId: spaceId(),
    threadId: integer('thread_id')
      .notNull()
      .references(() => thread.id, { onDelete: 'cascade' }),
    authorId: text('author_id')
      .notNull()
      .references(() => user.id),
    body: text('body').notNull(),
    mentions: mentions(),
    audience: audience(),
    /** As in `thread`. */
    openedAt: at('opened_at'),
    editedAt: at('edited_at'),
    requestKey: text('request_key').notNull(),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    index('comment_by_space').on(t.spaceId),
    index('comment_by_thread').on(t.threadId, t.id),
    index('comment_naming')
      .on(t.threadId)
      .where(sql`mentions <> '[]'`),
    index('comment_for_company')
      .on(t.spaceId)
      .where(sql`audience is not null`),
    index('comment_by_author').on(t.authorId, t.threadId),
    uniqueIndex('comment_request').on(t.requestKey),
  ],
);

/** Of a thread's first text or a comment. */
export const revision = sqliteTable(
  'revision',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    spaceId: spaceId(),
    threadId: integer('thread_id')
      .notNull()
      .references(() => thread.id, { onDelete: 'cascade' }),
    commentId: integer('comment_id').references(() => comment.id, { onDelete: 'cascade' }),
    title: text('title').notNull().default(''),
    body: text('body').notNull(),
    replacedAt: at('replaced_at').notNull(),
  },
  (t) => [
    index('revision_by_space').on(t.spaceId),
    index('revision_by_thread').on(t.threadId, t.commentId),
    index('revision_by_comment').on(t.commentId),
  ],
);

/** `comment_id` is 0 for the thread's first text. */
export const reaction = sqliteTable(
  'reaction',
  {
    spaceId: spaceId(),
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
    index('reaction_by_space').on(t.spaceId),
    index('reaction_by_user').on(t.userId),
  ],
);

/** Followed or not (null: never chosen, so guests follow it and users do not), and read until when (threads/seen.ts). */
export const threadPerson = sqliteTable(
  'thread_person',
  {
    spaceId: spaceId(),
    threadId: integer('thread_id')
      .notNull()
      .references(() => thread.id, { onDelete: 'cascade' }),
    userId: text('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    following: flag('following'),
    readAt: at('read_at').notNull().default(0),
    /** The same for others, who are not to notice what is written only for the company. */
    seenAt: at('seen_at'),
    /** Whether a guest has seen it: guests come first, also among thousands. */
    guest: flag('guest').notNull().default(false),
  },
  (t) => [
    primaryKey({ columns: [t.threadId, t.userId] }),
    index('thread_person_by_space').on(t.spaceId),
    index('thread_person_by_user').on(t.userId),
    index('thread_person_following')
      .on(t.threadId)
      .where(sql`following = 1`),
    index('thread_person_seen')
      .on(t.threadId, t.guest, t.seenAt, t.userId)
      .where(sql`seen_at is not null`),
  ],
);

/** In the portal, and by mail as the person chose. */
export const notification = sqliteTable(
  'notification',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    userId: text('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    /** Null if somebody joined the site. */
    spaceId: integer('space_id').references(() => space.id, { onDelete: 'cascade' }),
    /** Null if somebody joined or left. */
    threadId: integer('thread_id').references(() => thread.id, { onDelete: 'cascade' }),
    commentId: integer('comment_id').references(() => comment.id, { onDelete: 'cascade' }),
    kind: text('kind', {
      enum: ['mention', 'comment', 'thread', 'join', 'leave', 'decline', 'bounce'],
    }).notNull(),
    /** Of which it tells its inviter, who then is the actor: nobody else has an account. */
    invitationId: text('invitation_id'),
    actorId: text('actor_id')
      .notNull()
      .references(() => user.id),
    createdAt: at('created_at').notNull(),
    readAt: at('read_at'),
    later: flag('later').notNull().default(false),
    /** Null if there is no mail, or it is already written. */
    mailAt: at('mail_at'),
  },
  (t) => [
    index('notification_by_user').on(t.userId, t.id),
    index('notification_mentions')
      .on(t.userId, t.id)
      .where(sql`kind = 'mention'`),
    index('notification_later')
      .on(t.userId, t.id)
      .where(sql`later = 1`),
    index('notification_unread')
      .on(t.userId, t.threadId)
      .where(sql`read_at is null`),
    index('notification_unread_mentions')
      .on(t.userId, t.threadId)
      .where(sql`kind = 'mention' and read_at is null`),
    index('notification_mail_due')
      .on(t.mailAt)
      .where(sql`mail_at is not null`),
    index('notification_waiting')
      .on(t.userId, t.mailAt)
      .where(sql`mail_at is not null`),
    index('notification_by_space').on(t.spaceId),
    index('notification_by_thread').on(t.threadId),
    index('notification_by_comment').on(t.commentId),
    index('notification_by_actor').on(t.actorId),
    index('notification_by_invitation')
      .on(t.invitationId)
      .where(sql`invitation_id is not null`),
  ],
);

/** By their numbers, from 1. All have this size, but for the last. */
export interface Parts {
  size: number;
  arrived: Record<string, { etag: string; hash: string }>;
}

const LISTED = sql`kind = 'attachment' and attached_at is not null and released_at is null`;

/** In R2. Found only through its space, or a template's cover through the right to see the template. */
export const file = sqliteTable(
  'file',
  {
    id: id(),
    kind: text('kind', { enum: ['cover', 'attachment', 'logo', 'avatar'] }).notNull(),
    spaceId: integer('space_id').references(() => space.id, { onDelete: 'set null' }),
    templateId: text('template_id').references(() => spaceTemplate.id, { onDelete: 'set null' }),
    /** Set once attached. A file of a thread's first text has no comment. */
    threadId: integer('thread_id').references(() => thread.id, { onDelete: 'set null' }),
    commentId: integer('comment_id').references(() => comment.id, { onDelete: 'set null' }),
    name: text('name').notNull(),
    /** The name as it is compared and ordered, so never null. Cron folds what is empty. */
    folded: text('folded').notNull().default(''),
    /** By its first bytes, else `application/octet-stream`. */
    type: text('type').notNull(),
    /** What people filter by, from type and name. */
    category: text('category', { enum: FILE_CATEGORIES }).notNull().default('other'),
    size: integer('size').notNull(),
    /** Random, in R2; never shown. */
    key: text('key').notNull(),
    /** Key and bytes of the small version, made in the browser. */
    thumbKey: text('thumb_key'),
    thumbSize: integer('thumb_size').notNull().default(0),
    uploaderId: text('uploader_id')
      .notNull()
      .references(() => user.id),
    /** When its last byte, or its last part so far, arrived. */
    createdAt: at('created_at').notNull(),
    /** Null while unused; purged after a day. */
    attachedAt: at('attached_at'),
    /** While a large file arrives in parts (files/parts.ts): R2's id of the upload (empty until it has one), what it is found by again, its parts. */
    uploadId: text('upload_id'),
    fingerprint: text('fingerprint'),
    parts: text('parts', { mode: 'json' }).$type<Parts>(),
    /** Of its text, stored with it; and which guest it belongs to (access/stored.ts). */
    audience: audience(),
    ownerId: text('owner_id'),
    /** Counted from 1; and as guests count, who see none from before they could see its text. */
    version: integer('version').notNull().default(1),
    publicVersion: integer('public_version').notNull().default(1),
    /** Of the first version, null for itself: its id, and when it was attached, which keeps its place in the text. */
    originalId: text('original_id'),
    firstAt: at('first_at'),
    /** By a newer version. */
    replacedAt: at('replaced_at'),
    /** Of the form that made it a newer version: posted twice it makes one. */
    requestKey: text('request_key'),
    /** Cron deletes it from R2, then the row. */
    releasedAt: at('released_at'),
  },
  (t) => [
    // Covers the sums of files/quota.ts, so that the rows are not read.
    index('file_by_space').on(t.spaceId, t.releasedAt, t.size, t.thumbSize),
    index('file_by_template').on(t.templateId),
    index('file_by_thread').on(t.threadId, t.commentId),
    index('file_by_comment').on(t.commentId),
    index('file_by_uploader').on(t.uploaderId, t.releasedAt, t.size, t.thumbSize),
    // What files/browse.ts lists, in its orders.
    index('file_newest').on(t.spaceId, t.attachedAt, t.id).where(LISTED),
    // By the audience as a column, not as a condition: else SQLite takes the first of these for both.
    index('file_newest_public').on(t.spaceId, t.audience, t.attachedAt, t.id).where(LISTED),
    index('file_newest_by_owner').on(t.spaceId, t.audience, t.ownerId, t.attachedAt, t.id).where(LISTED),
    index('file_newest_by_category').on(t.spaceId, t.category, t.attachedAt, t.id).where(LISTED),
    index('file_newest_by_uploader').on(t.spaceId, t.uploaderId, t.attachedAt, t.id).where(LISTED),
    index('file_by_name').on(t.spaceId, t.folded, t.id).where(LISTED),
    index('file_by_name_by_owner').on(t.spaceId, t.audience, t.ownerId, t.folded, t.id).where(LISTED),
    index('file_by_size').on(t.spaceId, t.size, t.id).where(LISTED),
    index('file_by_size_by_owner').on(t.spaceId, t.audience, t.ownerId, t.size, t.id).where(LISTED),
    index('file_unfolded')
      .on(t.id)
      .where(sql`folded = ''`),
    index('file_unused')
      .on(t.createdAt)
      .where(sql`attached_at is null`),
    uniqueIndex('file_request')
      .on(t.requestKey)
      .where(sql`request_key is not null`),
    index('file_versions')
      .on(t.originalId, t.version)
      .where(sql`original_id is not null`),
    index('file_arriving')
      .on(t.uploaderId, t.fingerprint)
      .where(sql`upload_id is not null`),
    index('file_released')
      .on(t.releasedAt)
      .where(sql`released_at is not null`),
  ],
);
