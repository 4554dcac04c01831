import { oneLine } from '../../../text';
import { paragraph } from '../layout/content';
import {
  activityMail,
  actorName,
  threadSubject,
  written,
  type ActivityEvent,
  type ActivityFoot,
} from './activity';
import type { Compose } from './compose';

export interface NotificationMail extends ActivityEvent, ActivityFoot {
  kind: 'notification';
  siteName: string;
  spaceName: string;
  threadTitle: string;
  threadId?: number;
  /** It is about a comment, not about the thread's first text. */
  answer?: boolean;
}

export const composeNotification: Compose<NotificationMail> = (message, reader) => {
  const { t } = reader;
  const { spaceName, threadTitle, event, answer = event !== 'thread' } = message;
  const thread = oneLine(threadTitle);
  const heading = t(`mail.notification.${event}`, { actor: actorName(t, message), thread });
  const blocks = written(message, reader);
  const beginning = oneLine(message.text).slice(0, 140).toWellFormed();
  return activityMail(
    {
      subject: threadSubject(spaceName, threadTitle, answer),
      heading,
      preheader: event === 'mention' ? `${heading}: ${beginning}` : beginning,
      actors: [message],
      threadId: message.threadId,
      blocks: [
        ...(blocks.length ? blocks : [paragraph(t('mail.notification.no-text'))]),
        {
          kind: 'facts',
          rows: [
            [t('mail.notification.space'), oneLine(spaceName)],
            [t('mail.notification.thread-name'), thread],
          ],
        },
      ],
      button: { label: t('mail.notification.button'), url: message.url },
      threads: 1,
      spaces: 1,
    },
    message,
    reader,
  );
};
