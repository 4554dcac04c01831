import type { Translate } from '../../../messages';
import { displayName } from '../../../people';
import type { MailContent } from '../layout/content';

export type ActivityKind = 'mention' | 'comment' | 'thread';

export interface ActivityEvent {
  event: ActivityKind;
  actorName: string;
  /** The company of a guest, empty if unknown; null or absent for a user. */
  guestOf?: string | null;
  text: string;
  cut: boolean;
  url: string;
}

export interface UnsubscribeLinks {
  /** The reader's own link; also a header (RFC 8058). */
  unsubscribe: string;
  settings: string;
}

export const actorName = (t: Translate, { actorName: name, guestOf }: ActivityEvent): string =>
  displayName(t, { name, guest: typeof guestOf === 'string', company: guestOf ?? '' });

export const unsubscribeLinks = (links: UnsubscribeLinks, t: Translate): MailContent['footerLinks'] => [
  { label: t('mail.notification.settings'), url: links.settings },
  { label: t('mail.notification.unsubscribe'), url: links.unsubscribe },
];
