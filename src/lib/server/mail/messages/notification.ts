import { oneLine } from '../../../text';
import { paragraph, type Block } from '../layout/content';
import { manyLines } from '../user-text';
import { actorName, unsubscribeLinks, type ActivityEvent, type UnsubscribeLinks } from './activity';
import type { Compose } from './compose';

export interface NotificationMail extends ActivityEvent, UnsubscribeLinks {
  kind: 'notification';
  siteName: string;
  spaceName: string;
  threadTitle: string;
}

export const composeNotification: Compose<NotificationMail> = (message, { t }) => {
  const [actor, thread] = [actorName(t, message), oneLine(message.threadTitle)];
  const text = manyLines(message.text);
  const body: Block = text ? { kind: 'user-text', text } : paragraph(t('mail.notification.no-text'));
  return {
    subject: t(`mail.notification.${message.event}`, { actor, thread }),
    preheader: oneLine(text).slice(0, 140).toWellFormed(),
    blocks: [
      body,
      ...(message.cut ? [paragraph(t('mail.notification.cut'))] : []),
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
