/**
 * Every table and index, by whose it is. The site has its people, their logins and their mail; a space has all that is
 * in it, and each of those rows has the space's id, so that a space is exported, moved or deleted by a plain WHERE.
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
 * Tables of the site; what refers to another one stands before it. The audit is kept when a space is gone: its `space_id`
 * only says where something happened.
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
 * Tables of a space; what refers to another one stands before it. Two of them hold rows of the site as well, those whose
 * `space_id` is null: invitations of users, and covers of templates (or of a space that is about to be made).
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
