import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Counts } from '../../erased';
import type { SpaceOptions } from '../../space-options';
import { at, flag, folded, id } from './columns';

const FOLDED = `coalesce(folded, '')`;
const nextLine = (text: string) => `substr(${text}, instr(${text}, char(10)) + 1)`;
/** What lists of guests are ordered by: literally as in the indexes, or SQLite does not use them. Who has no company comes last. */
export const guestKeys = {
  name: FOLDED,
  company: `coalesce(nullif(${nextLine(nextLine(FOLDED))}, ''), char(1114111)) || char(10) || ${FOLDED}`,
  login: `coalesce(last_login_at, 0)`,
  invited: `created_at`,
} as const;

/** A `user` of the company, or a `guest`, who was invited. */
export const user = sqliteTable(
  'user',
  {
    id: id(),
    kind: text('kind', { enum: ['user', 'guest'] }).notNull(),
    status: text('status', { enum: ['active', 'inactive'] })
      .notNull()
      .default('active'),
    /** NFC, lower-cased, IDNA. The login name. */
    email: text('email').notNull(),
    /** As written; mail goes here. */
    emailOriginal: text('email_original').notNull(),
    name: text('name').notNull(),
    company: text('company').notNull().default(''),
    /** The id of a file. */
    avatar: text('avatar'),
    folded: folded(),
    passwordHash: text('password_hash').notNull(),
    /** Rises with new passwords and deactivation, which end known browsers. */
    credentialEpoch: integer('credential_epoch').notNull().default(0),
    administrator: flag('administrator').notNull().default(false),
    canCreateSpaces: flag('can_create_spaces').notNull().default(false),
    /** When a mailed link or code first proved the mailbox. */
    emailVerifiedAt: at('email_verified_at'),
    /** The sign-up counts as the first. */
    loginCount: integer('login_count').notNull().default(0),
    lastLoginAt: at('last_login_at'),
    locale: text('locale'),
    /** Chosen on /me; for guests at first the browser's. */
    timeZone: text('time_zone'),
    browserTimeZone: text('browser_time_zone'),
    /** `all`: when they are named, and what they follow. */
    mailAbout: text('mail_about', { enum: ['nothing', 'mentions', 'all'] })
      .notNull()
      .default('all'),
    /** In one mail a day. */
    digest: flag('digest').notNull().default(false),
    /** A time at which a daily mail is due; later ones follow at multiples of a day. */
    digestAt: at('digest_at').notNull().default(0),
    /** Others see in which thread they are, and when they write (presence.ts). */
    presence: flag('presence').notNull().default(true),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
    /** Since then only the id and the kind are left, for the posts (accounts/erase). A trigger keeps it so. */
    erasedAt: at('erased_at'),
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
    ...(Object.keys(guestKeys) as (keyof typeof guestKeys)[]).map((order) =>
      index(`guest_by_${order}`)
        .on(t.status, order === 'invited' ? t.createdAt : sql.raw(guestKeys[order]), t.id)
        .where(sql`kind = 'guest'`),
    ),
  ],
);

/** Which terms somebody has accepted (terms.ts). */
export const acceptance = sqliteTable(
  'acceptance',
  {
    userId: text('user_id')
      .notNull()
      .references(() => user.id),
    version: integer('version').notNull(),
    /** Where they were. */
    url: text('url').notNull(),
    at: at('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.version] })],
);

export const setting = sqliteTable('setting', {
  key: text('key').primaryKey(),
  value: text('value').notNull(),
});

/** What cron counts over whole tables (overview/walks.ts). */
export const siteCount = sqliteTable('site_count', {
  name: text('name').primaryKey(),
  /** Of the last whole walk, and when it ended; 0: none has. */
  sums: text('sums', { mode: 'json' }).$type<Record<string, number>>().notNull(),
  at: at('at').notNull(),
  /** The walk under way: the last rowid that it has counted (0: none is), what it has found, and since when. */
  place: integer('place').notNull(),
  running: text('running', { mode: 'json' }).$type<Record<string, number>>().notNull(),
  beganAt: at('began_at').notNull(),
});

/** Never people, comments or files. */
export interface TemplateContent extends SpaceOptions {
  cover: string;
  announcement: string;
  threads: { title: string; body: string }[];
  links: { title: string; url: string }[];
}

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

/** Never holds a secret. */
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
    /** The key of an hourly row that counts. */
    tally: text('tally'),
    count: integer('count').notNull().default(1),
    lastAt: at('last_at'),
    /** What is personal: who (name, IP address) and what (detail). A seal covers digests of both, with these salts, given when it is sealed. */
    whoSalt: text('who_salt'),
    whatSalt: text('what_salt'),
    /** Of what was erased, with its salt. */
    whoDigest: text('who_digest'),
    whatDigest: text('what_digest'),
  },
  (t) => [
    uniqueIndex('audit_entry_tally')
      .on(t.tally)
      .where(sql`tally is not null`),
    // For "Audit Log": by time, and with each filter by time.
    index('audit_entry_by_time').on(t.at, t.id),
    index('audit_entry_of_space').on(t.spaceId, t.at, t.id),
    index('audit_entry_of_actor').on(t.actorId, t.at, t.id),
    index('audit_entry_of_subject').on(t.subject, t.at, t.id),
    index('audit_entry_of_action').on(t.action, t.at, t.id),
    // For erasing a person: the address that was invited.
    index('audit_entry_naming')
      .on(sql`detail ->> '$.email'`)
      .where(sql`detail ->> '$.email' is not null`),
  ],
);

/** The audit's chain (audit-log/chain.ts). Triggers keep seals and entries as they are. */
export const auditSeal = sqliteTable(
  'audit_seal',
  {
    /** Where the seal before this one ends; 0 for the first. */
    afterId: integer('after_id').primaryKey(),
    /** The last entry it covers. */
    upTo: integer('up_to').notNull(),
    count: integer('count').notNull(),
    /** Over the hash before it and the entries. */
    hash: text('hash').notNull(),
    at: at('at').notNull(),
    /** 1: over all of each entry, as until December 2026. Cron makes these anew. */
    form: integer('form').notNull().default(1),
    /** What it was in form 1. */
    formerHash: text('former_hash'),
    /** When its entries were removed, being old enough. The chain begins behind the last of these. */
    emptiedAt: at('emptied_at'),
  },
  (t) => [
    index('audit_seal_to_remake')
      .on(t.afterId)
      .where(sql`form = 1`),
  ],
);

/** What was erased with a person (accounts/erase), without anything about them but the id that their posts keep. */
export const erasure = sqliteTable(
  'erasure',
  {
    userId: text('user_id').primaryKey(),
    kind: text('kind', { enum: ['user', 'guest'] }).notNull(),
    /** Who asked for it. */
    by: text('by', { enum: ['self', 'administrator'] }).notNull(),
    at: at('at').notNull(),
    /** Their address and language, sealed, until the last mail is written. */
    sealed: text('sealed'),
    /** Rows erased, by what they were. */
    counts: text('counts', { mode: 'json' }).$type<Counts>().notNull().default({}),
    /** The last entry of the audit that was looked at. */
    auditAt: at('audit_at').notNull().default(0),
    auditId: integer('audit_id').notNull().default(0),
    /** When the last mail was written. */
    mailedAt: at('mailed_at'),
    /** When nothing was left to be erased, and the last mail was gone. */
    doneAt: at('done_at'),
  },
  (t) => [
    index('erasure_to_do')
      .on(t.at)
      .where(sql`done_at is null`),
  ],
);
