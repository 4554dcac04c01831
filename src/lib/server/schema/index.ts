/** Every table and index. Rows of a space have its id, so that it can be exported, moved or deleted by a plain WHERE. */
import {
  addressChange,
  handedCode,
  loginChallenge,
  passwordReset,
  session,
  throttle,
  trustedBrowser,
} from './login';
import { mail, mailboxEntry, webhookKey } from './mail';
import { guestRun, guestRunRow } from './runs';
import { acceptance, auditEntry, auditSeal, erasure, setting, siteCount, spaceTemplate, user } from './site';
import { endedAccess, invitation, membership, space, spaceEvent } from './space';
import { comment, file, notification, reaction, revision, thread, threadPerson } from './thread';

export type { Mention, Place } from './columns';
export * from './login';
export * from './mail';
export * from './runs';
export * from './settings';
export * from './site';
export * from './space';
export * from './thread';

/** Referenced tables come first. The audit outlives a space. */
export const siteTables = [
  mail,
  mailboxEntry,
  webhookKey,
  addressChange,
  handedCode,
  loginChallenge,
  passwordReset,
  session,
  trustedBrowser,
  throttle,
  acceptance,
  guestRunRow,
  guestRun,
  auditEntry,
  auditSeal,
  erasure,
  setting,
  siteCount,
  spaceTemplate,
  user,
] as const;

/** Referenced tables come first. `space_id` is null for invitations of users and the news that one has joined, and for covers of templates or of a new space. */
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
  endedAccess,
  membership,
  space,
] as const;
