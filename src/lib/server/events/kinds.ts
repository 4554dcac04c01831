/** Every kind of event, and what follows from it. To add a kind, add a line here. */
import type { ChangeKind } from '../changes';

interface Kind {
  /** How the audit keeps it: each time; one row an hour with a count, if it can happen any number of times; or never. */
  audit: 'each' | 'hourly' | 'never';
  /** What open pages of the space are told. */
  change?: ChangeKind;
}

const KINDS = {
  'account.created': { audit: 'each' },
  'account.signed-in': { audit: 'each' },
  'account.signed-out': { audit: 'each' },
  'account.changed': { audit: 'each' },
  'account.password-changed': { audit: 'each' },
  'account.reset-asked': { audit: 'each' },
  'account.deactivated': { audit: 'each' },
  'account.reactivated': { audit: 'each' },
  'account.sessions-ended': { audit: 'each' },
  'account.permission-changed': { audit: 'each' },
  'account.sign-in-failed': { audit: 'hourly' },
  'account.locked': { audit: 'hourly' },
  'account.step-asked': { audit: 'hourly' },
  'account.step-passed': { audit: 'each' },
  'account.step-failed': { audit: 'hourly' },
  'invitation.sent': { audit: 'each' },
  'invitation.resent': { audit: 'each' },
  'invitation.link-copied': { audit: 'each' },
  'invitation.cancelled': { audit: 'each' },
  'invitation.accepted': { audit: 'each' },
  'invitation.expired': { audit: 'each' },
  'invitation.asked-again': { audit: 'each' },
  'space.created': { audit: 'each' },
  'space.changed': { audit: 'each', change: 'space' },
  'space.announcement-changed': { audit: 'each' },
  'space.administrator-appointed': { audit: 'each', change: 'space' },
  'space.member-added': { audit: 'each' },
  'space.member-changed': { audit: 'each' },
  'space.member-removed': { audit: 'each' },
  'space.guest-removed': { audit: 'each' },
  'space.left': { audit: 'each' },
  'space.deleted': { audit: 'each' },
  'space.restored': { audit: 'each' },
  'space.purged': { audit: 'each' },
  'space.thread-created': { audit: 'each', change: 'thread' },
  /** Its title or first text. */
  'space.thread-edited': { audit: 'never', change: 'thread-changed' },
  /** Pinned or closed, or no longer. */
  'space.thread-changed': { audit: 'each', change: 'thread-changed' },
  'space.thread-deleted': { audit: 'each', change: 'thread-deleted' },
  'space.comment-created': { audit: 'never', change: 'comment' },
  'space.comment-edited': { audit: 'never', change: 'comment-changed' },
  'space.comment-deleted': { audit: 'each', change: 'comment-deleted' },
  'space.reaction-changed': { audit: 'never', change: 'reaction' },
  'template.created': { audit: 'each' },
  'template.imported': { audit: 'each' },
  'template.changed': { audit: 'each' },
  'template.removed': { audit: 'each' },
  'template.exported': { audit: 'hourly' },
  'site.set-up': { audit: 'each' },
  'site.seeded': { audit: 'each' },
  'site.guests-exported': { audit: 'hourly' },
  'setting.changed': { audit: 'each' },
} as const satisfies Record<string, Kind>;

export type EventKind = keyof typeof KINDS;

export const kindOf = (kind: EventKind): Kind => KINDS[kind];
