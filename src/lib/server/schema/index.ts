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
 * Tables of the site. What happened in a space is audited by the site and stays there when the space is gone: `space_id`
 * only says where it was.
 */
export const siteTables = [
  user,
  session,
  loginChallenge,
  passwordReset,
  throttle,
  mail,
  mailboxEntry,
  setting,
  spaceTemplate,
  auditEntry,
] as const;

/**
 * Tables of a space, what refers to another one before it. Two of them hold rows of the site as well, those without a
 * space: invitations of users, and covers of templates (or of a space that is only made now).
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
