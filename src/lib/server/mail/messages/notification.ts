import { oneLine } from '../../../text';
import { paragraph } from '../layout/content';
import {
  actorName,
  actorOf,
  threadSubject,
  unsubscribeLinks,
  written,
  type ActivityEvent,
  type UnsubscribeLinks,
} from './activity';
import type { Compose } from './compose';

export interface NotificationMail extends ActivityEvent, UnsubscribeLinks {
  kind: 'notification';
  siteName: string;
  spaceName: string;
  threadTitle: string;
  threadId?: number;
  /** It is about a comment, not about the thread's first text. */
  answer?: boolean;
}

export const composeNotification: Compose<NotificationMail> = (message, { t, locale }) => {
  const thread = oneLine(message.threadTitle);
  const heading = t(`mail.notification.${message.event}`, { actor: actorName(t, message), thread });
  const blocks = written(message, { t, locale });
  const beginning = oneLine(message.text).slice(0, 140).toWellFormed();
  return {
    subject: threadSubject(
      message.spaceName,
      message.threadTitle,
      message.answer ?? message.event !== 'thread',
    ),
    heading,
    preheader: message.event === 'mention' ? `${heading}: ${beginning}` : beginning,
    sender: actorOf(message),
    threadId: message.threadId,
    blocks: [
      ...(blocks.length ? blocks : [paragraph(t('mail.notification.no-text'))]),
      {
        kind: 'facts',
        rows: [
          [t('mail.notification.space'), oneLine(message.spaceName)],
          [t('mail.notification.thread-name'), thread],
        ],
      },
      { kind: 'button', label: t('mail.notification.button'), url: message.url },
    ],
    note: t('mail.notification.note'),
    footerLinks: unsubscribeLinks(message, t),
  };
};
