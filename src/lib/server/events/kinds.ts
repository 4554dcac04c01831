import type { SQL } from 'drizzle-orm';
import type { By } from '../audit';
import type { Author } from '../access';
import type { ChangeKind } from '../changes';
import type { OnlyGuests } from '../notifications/notify';
import type { InvitationOver, Joined, Left } from '../notifications/recipients';
import type { Entry } from '../search/entries';

/** SQL if the same batch generates it. */
export type Id = number | SQL;

export interface Fields {
  subject: string | SQL;
  spaceId: Id;
  threadId: Id;
  commentId: Id;
  /** Of the thread and the comment: they decide who may hear of it. */
  authors: Author[];
  text: Omit<Entry, 'spaceId' | 'authors'>;
  /** Who accepted an invitation: whoever sent it hears of them. */
  joined: Joined;
  /** An invitation that came to nothing: whoever sent it hears of it. */
  over: InvitationOver;
  /** A guest who leaves by themselves: the space's administrators and whoever invited them hear of it. */
  left: Left;
  /**
   * Followers and `mentioned`; after an edit (`onlyMentioned`), only people newly named; of what becomes visible to them
   * (`onlyGuests`), guests; nobody (null) in a new space.
   */
  notify: {
    mentioned: string[];
    everybody?: boolean;
    onlyMentioned?: boolean;
    onlyGuests?: OnlyGuests;
  } | null;
}

export interface Kind {
  /** `hourly`: one row an hour with a count, for what can happen any number of times. */
  audit: 'each' | 'hourly' | 'never';
  needs: readonly (keyof Fields)[];
  may?: readonly (keyof Fields)[];
  /** Each event says of which: null is the site. */
  of?: 'site or space';
  change?: ChangeKind;
  /**
   * What of the subject's pages may have ended, so that they look: those of one space, all in it, or, with a session, those of all
   * their spaces.
   */
  ends?: 'membership' | 'space' | 'session';
  unindexed?: 'thread with comments' | 'comment';
}

const SUBJECT = ['subject'] as const;
const SPACE = ['spaceId'] as const;
const IN_SPACE = ['subject', 'spaceId'] as const;
const THREAD = ['spaceId', 'threadId', 'authors'] as const;
const COMMENT = [...THREAD, 'commentId'] as const;
const INVITATION = { audit: 'each', needs: SUBJECT, of: 'site or space' } as const;
const WORDS = ['text', 'notify'] as const;

const KINDS = {
  'account.created': { audit: 'each', needs: SUBJECT },
  'account.signed-in': { audit: 'each', needs: SUBJECT },
  'account.signed-out': { audit: 'each', needs: SUBJECT, ends: 'session' },
  'account.changed': { audit: 'each', needs: SUBJECT },
  'account.password-changed': { audit: 'each', needs: SUBJECT, ends: 'session' },
  // By `npm run admin:let-in`, which writes the same entry.
  'account.let-in': { audit: 'each', needs: SUBJECT },
  'account.reset-asked': { audit: 'each', needs: SUBJECT },
  'account.address-asked': { audit: 'each', needs: SUBJECT },
  'account.address-cancelled': { audit: 'each', needs: SUBJECT },
  'account.address-changed': { audit: 'each', needs: SUBJECT, ends: 'session' },
  'account.terms-accepted': { audit: 'each', needs: SUBJECT },
  // A download of one's own data.
  'account.exported': { audit: 'hourly', needs: SUBJECT },
  'account.deactivated': { audit: 'each', needs: SUBJECT, ends: 'session' },
  'account.erased': { audit: 'each', needs: SUBJECT },
  'account.reactivated': { audit: 'each', needs: SUBJECT },
  'account.sessions-ended': { audit: 'each', needs: SUBJECT, ends: 'session' },
  // A guest who becomes a user may hear of more.
  'account.permission-changed': { audit: 'each', needs: SUBJECT, ends: 'session' },
  'account.sign-in-failed': { audit: 'hourly', needs: SUBJECT },
  'account.locked': { audit: 'hourly', needs: SUBJECT },
  'account.unlocked': { audit: 'each', needs: SUBJECT },
  'account.step-asked': { audit: 'hourly', needs: SUBJECT },
  'account.step-passed': { audit: 'each', needs: SUBJECT },
  // By an administrator, for somebody's second step.
  'account.code-handed': { audit: 'each', needs: SUBJECT },
  // The second step is skipped there from now on, and not any more.
  'account.browser-trusted': { audit: 'each', needs: SUBJECT },
  'account.trust-ended': { audit: 'each', needs: SUBJECT },
  'account.step-failed': { audit: 'hourly', needs: SUBJECT },
  'invitation.sent': INVITATION,
  'invitation.resent': INVITATION,
  'invitation.link-copied': INVITATION,
  'invitation.cancelled': INVITATION,
  'invitation.accepted': { ...INVITATION, needs: ['subject', 'joined'] },
  'invitation.declined': { ...INVITATION, needs: ['subject', 'over'] },
  'invitation.bounced': { ...INVITATION, needs: ['subject', 'over'] },
  'invitation.expired': INVITATION,
  'invitation.asked-again': INVITATION,
  'invitation.ask-dismissed': INVITATION,
  'space.created': { audit: 'each', needs: SPACE },
  // Also whether guests see each other, by which sockets are told who is there.
  'space.changed': { audit: 'each', needs: SPACE, change: 'space', ends: 'space' },
  'space.announcement-changed': { audit: 'each', needs: SPACE },
  'space.administrator-appointed': { audit: 'each', needs: IN_SPACE, change: 'space' },
  'space.member-added': { audit: 'each', needs: IN_SPACE },
  'space.member-changed': { audit: 'each', needs: IN_SPACE, ends: 'membership' },
  'space.member-removed': { audit: 'each', needs: IN_SPACE, ends: 'membership' },
  'space.guest-removed': { audit: 'each', needs: IN_SPACE, ends: 'membership' },
  // Who answers for a guest, or for whoever accepts an invitation.
  // By the clock, as cron writes it down.
  'space.access-ended': { audit: 'each', needs: IN_SPACE, ends: 'membership' },
  'space.renewal-asked': { audit: 'each', needs: IN_SPACE },
  'space.renewal-declined': { audit: 'each', needs: IN_SPACE },
  'space.guest-access-changed': { audit: 'each', needs: IN_SPACE },
  'space.left': { audit: 'each', needs: IN_SPACE, may: ['left'], ends: 'membership' },
  'space.archived': { audit: 'each', needs: SPACE, change: 'space' },
  'space.unarchived': { audit: 'each', needs: SPACE, change: 'space' },
  'space.deleted': { audit: 'each', needs: SPACE, ends: 'space' },
  'space.restored': { audit: 'each', needs: SPACE },
  'space.purged': { audit: 'each', needs: SPACE },
  'space.thread-created': { audit: 'each', needs: [...THREAD, ...WORDS], change: 'thread' },
  'space.thread-edited': { audit: 'never', needs: [...THREAD, ...WORDS], change: 'thread-changed' },
  'space.thread-changed': { audit: 'each', needs: THREAD, change: 'thread-changed' },
  'space.thread-deleted': {
    audit: 'each',
    needs: THREAD,
    change: 'thread-deleted',
    unindexed: 'thread with comments',
  },
  // Made visible to guests.
  'space.thread-opened': { audit: 'each', needs: [...THREAD, 'notify'], change: 'thread' },
  'space.comment-opened': { audit: 'each', needs: [...COMMENT, 'notify'], change: 'comment' },
  'space.comment-created': { audit: 'never', needs: [...COMMENT, ...WORDS], change: 'comment' },
  'space.comment-edited': { audit: 'never', needs: [...COMMENT, ...WORDS], change: 'comment-changed' },
  'space.comment-deleted': { audit: 'each', needs: COMMENT, change: 'comment-deleted', unindexed: 'comment' },
  'space.file-replaced': { audit: 'never', needs: [...THREAD, ...WORDS], may: ['commentId'], change: 'file' },
  'space.reaction-changed': { audit: 'never', needs: THREAD, may: ['commentId'], change: 'reaction' },
  'template.created': { audit: 'each', needs: SUBJECT },
  'template.imported': { audit: 'each', needs: SUBJECT },
  'template.changed': { audit: 'each', needs: SUBJECT },
  'template.removed': { audit: 'each', needs: SUBJECT },
  'template.exported': { audit: 'hourly', needs: SUBJECT },
  'site.set-up': { audit: 'each', needs: SUBJECT },
  'site.guests-exported': { audit: 'hourly', needs: SUBJECT },
  'site.audit-exported': { audit: 'hourly', needs: SUBJECT },
  'mail.sent-again': { audit: 'each', needs: SUBJECT },
  'mail.all-sent-again': { audit: 'each', needs: SUBJECT },
  'mail.tested': { audit: 'hourly', needs: SUBJECT },
  'site.audit-removed': { audit: 'hourly', needs: SUBJECT },
  'setting.changed': { audit: 'each', needs: SUBJECT },
} as const satisfies Record<string, Kind>;

export type EventKind = keyof typeof KINDS;
type Table = typeof KINDS;

type Needed<K extends EventKind> = Table[K]['needs'][number];
type Allowed<K extends EventKind> = Table[K] extends { may: readonly (infer F extends keyof Fields)[] }
  ? F
  : never;

type EventOf<K extends EventKind> = {
  kind: K;
  /** For the audit. Never a secret: no password, token or code. */
  detail?: Record<string, unknown>;
  /** If not the actor: somebody whose account is being created, `nobody` known, or the `system`. */
  by?: By;
} & Pick<Fields, Needed<K>> &
  // A row that counts is found by its subject.
  (Table[K] extends { audit: 'hourly' } ? { subject: string } : unknown) &
  (Table[K] extends { of: 'site or space' } ? { spaceId: Id | null } : unknown) & {
    [F in Exclude<keyof Fields, Needed<K>>]?: F extends 'spaceId' | Allowed<K> ? Fields[F] | null : undefined;
  };

export type Event = { [K in EventKind]: EventOf<K> }[EventKind];

export type AuditOnly = {
  [K in EventKind]: Table[K] extends { change: string }
    ? never
    : Table[K] extends { audit: 'each' }
      ? K
      : never;
}[EventKind];

/** What the audit has entries of. */
export type AuditedKind = {
  [K in EventKind]: Table[K] extends { audit: 'never' } ? never : K;
}[EventKind];

export const kindOf = (kind: EventKind): Kind => KINDS[kind];
