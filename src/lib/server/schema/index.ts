/**
 * Every table and index. A table belongs to the site (people, logins, mail) or to a space. Each row of a space has the
 * space's id, so that a space can be exported, moved or deleted by a plain WHERE.
 */
import { loginChallenge, passwordReset, session, throttle } from './login';
import { mail, mailboxEntry } from './mail';
import { auditEntry, setting, spaceTemplate, user } from './site';
import { invitation, membership, space, spaceEvent } from './space';
import { comment, file, notification, reaction, revision, thread, threadPerson } from './thread';

export type { Mention, Place } from './columns';
export * from './login';
export * from './mail';
export type * from './settings';
export * from './site';
export * from './space';
export * from './thread';

/**
 * Tables of the site. A table that refers to another comes before it. The audit outlives a space: its `space_id` only
 * says where something happened.
 */
export const siteTables = [
  mail,
  mailboxEntry,
  loginChallenge,
  passwordReset,
  session,
  throttle,
  auditEntry,
  setting,
  spaceTemplate,
  user,
] as const;

/**
 * Tables of a space. A table that refers to another comes before it. Two of them also hold rows of the site, where
 * `space_id` is null: invitations of users, and covers of templates or of a space that is being created.
 */
export const spaceTables = [
  notification,
  reaction,
  revision,
  threadPerson,
  file,
  comment,
  spaceEvent,
  thread,
  invitation,
  membership,
  space,
] as const;
