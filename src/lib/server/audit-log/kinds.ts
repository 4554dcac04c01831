/** How the page "Audit Log" groups what is audited. Each kind has a sentence in the dictionaries: `audit.<kind with a hyphen>`. */
import type { MessageKey } from '../../messages';
import type { AuditedKind } from '../events/kinds';

export const GROUPS = [
  'security',
  'accounts',
  'invitations',
  'spaces',
  'people',
  'texts',
  'templates',
  'mail',
  'settings',
  'exports',
] as const;
export type Group = (typeof GROUPS)[number];

export const isGroup = (value: string): value is Group => GROUPS.some((group) => group === value);

const groupOf: Record<AuditedKind, Group> = {
  'account.created': 'accounts',
  'account.signed-in': 'security',
  'account.signed-out': 'security',
  'account.changed': 'accounts',
  'account.password-changed': 'security',
  'account.let-in': 'security',
  'account.reset-asked': 'security',
  'account.address-asked': 'security',
  'account.address-cancelled': 'security',
  'account.address-changed': 'security',
  'account.terms-accepted': 'accounts',
  'account.deactivated': 'accounts',
  'account.erased': 'accounts',
  'account.reactivated': 'accounts',
  'account.sessions-ended': 'security',
  'account.permission-changed': 'accounts',
  'account.sign-in-failed': 'security',
  'account.locked': 'security',
  'account.unlocked': 'security',
  'account.step-asked': 'security',
  'account.step-passed': 'security',
  'account.step-failed': 'security',
  'account.code-handed': 'security',
  'account.browser-trusted': 'security',
  'account.trust-ended': 'security',
  'invitation.sent': 'invitations',
  'invitation.resent': 'invitations',
  'invitation.link-copied': 'invitations',
  'invitation.cancelled': 'invitations',
  'invitation.accepted': 'invitations',
  'invitation.declined': 'invitations',
  'invitation.bounced': 'invitations',
  'invitation.expired': 'invitations',
  'invitation.asked-again': 'invitations',
  'invitation.ask-dismissed': 'invitations',
  'space.created': 'spaces',
  'space.changed': 'spaces',
  'space.announcement-changed': 'spaces',
  'space.administrator-appointed': 'people',
  'space.member-added': 'people',
  'space.member-changed': 'people',
  'space.member-removed': 'people',
  'space.guest-removed': 'people',
  'space.access-ended': 'people',
  'space.renewal-asked': 'people',
  'space.renewal-declined': 'people',
  'space.guest-access-changed': 'people',
  'space.left': 'people',
  'space.archived': 'spaces',
  'space.unarchived': 'spaces',
  'space.deleted': 'spaces',
  'space.restored': 'spaces',
  'space.purged': 'spaces',
  'space.thread-created': 'texts',
  'space.thread-changed': 'texts',
  'space.thread-deleted': 'texts',
  'space.thread-opened': 'texts',
  'space.comment-opened': 'texts',
  'space.comment-deleted': 'texts',
  'template.created': 'templates',
  'template.imported': 'templates',
  'template.changed': 'templates',
  'template.removed': 'templates',
  'template.exported': 'exports',
  'site.set-up': 'settings',
  'account.exported': 'exports',
  'site.guests-exported': 'exports',
  'site.audit-exported': 'exports',
  'mail.sent-again': 'mail',
  'mail.all-sent-again': 'mail',
  'mail.tested': 'mail',
  'site.audit-removed': 'settings',
  'setting.changed': 'settings',
};

export const AUDITED = Object.keys(groupOf) as AuditedKind[];

export const kindsOf = (group: Group): AuditedKind[] => AUDITED.filter((kind) => groupOf[kind] === group);

const failures: AuditedKind[] = ['account.sign-in-failed', 'account.locked', 'account.step-failed'];

export const isFailure = (action: string): boolean => failures.some((kind) => kind === action);

type Sentence<K extends string> = K extends `${infer Noun}.${infer Verb}` ? `audit.${Noun}-${Verb}` : never;

/** A kind without a sentence does not compile. An older one that is gone has a sentence for all. */
export function sentenceOf(action: string): MessageKey {
  const known = AUDITED.find((kind) => kind === action);
  const key = (of: AuditedKind) => of.replace('.', '-');
  return known ? (`audit.${key(known)}` as Sentence<AuditedKind>) : 'audit.unknown-kind';
}
