import { fileSize } from '../../../files';
import type { Locale, Translate } from '../../../messages';
import { displayName, type Person } from '../../../people';
import { oneLine } from '../../../text';
import type { Mark } from '../../markdown';
import { paragraph, type Block, type MailContent } from '../layout/content';
import { prose } from '../layout/prose';
import { manyLines } from '../user-text';

export type ActivityKind = 'mention' | 'comment' | 'thread';

export interface ActivityEvent {
  event: ActivityKind;
  actorName: string;
  /** The company of a guest, empty if unknown; null or absent for a user. */
  guestOf?: string | null;
  text: string;
  /** The people named in the text. */
  marks?: Mark[];
  /** It is only the beginning, in plain words instead of Markdown. */
  plain?: boolean;
  /** The company, if only its people can read it. */
  onlyFor?: string;
  cut: boolean;
  files?: readonly { name: string; size: number }[];
  url: string;
}

export interface UnsubscribeLinks {
  /** The reader's own link; also a header (RFC 8058). */
  unsubscribe: string;
  settings: string;
}

export const actorOf = ({ actorName, guestOf }: ActivityEvent): Person => ({
  name: actorName,
  guest: typeof guestOf === 'string',
  company: guestOf ?? '',
});

export const actorName = (t: Translate, event: ActivityEvent): string => displayName(t, actorOf(event));

/** What was written and attached. */
export function written(event: ActivityEvent, { t, locale }: { t: Translate; locale: Locale }): Block[] {
  const text = manyLines(event.text);
  const files = (event.files ?? []).map(({ name, size }) => `${oneLine(name)} (${fileSize(size, locale)})`);
  return [
    ...(event.onlyFor ? [paragraph(t('mail.notification.only', { company: event.onlyFor }))] : []),
    ...(!text ? [] : [event.plain ? userText(text) : asMarkdown(text, event)]),
    ...(event.cut ? [paragraph(t('mail.notification.cut'))] : []),
    ...(files.length ? [paragraph(t('mail.notification.files', { files: files.join(', ') }))] : []),
  ];
}

const userText = (text: string): Block => ({ kind: 'user-text', text });

const asMarkdown = (text: string, { marks = [], url }: ActivityEvent): Block => ({
  kind: 'prose',
  text,
  html: prose(text, marks, new URL(url).origin),
});

/**
 * Of all mails about a thread, because Gmail and Outlook show them together only under one subject. Who did what is in the
 * sender's name and in the heading.
 */
export function threadSubject(spaceName: string, threadTitle: string, answer: boolean): string {
  const [space, thread] = [oneLine(spaceName), oneLine(threadTitle)];
  const topic = space === thread ? space : `[${space}] ${thread}`;
  return answer ? `Re: ${topic}` : topic;
}

export const unsubscribeLinks = (links: UnsubscribeLinks, t: Translate): MailContent['footerLinks'] => [
  { label: t('mail.notification.settings'), url: links.settings },
  { label: t('mail.notification.unsubscribe'), url: links.unsubscribe },
];
