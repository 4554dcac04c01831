import { oneLine } from '../../../text';
import { paragraph, type Block } from '../layout/content';
import { manyLines } from '../user-text';
import { actorName, unsubscribeLinks, type ActivityEvent, type UnsubscribeLinks } from './activity';
import { shortTime, type Compose } from './compose';

/** Several events by space and thread: the daily mail, or many at once. */
export interface DigestMail extends UnsubscribeLinks {
  kind: 'digest';
  siteName: string;
  count: number;
  threads: DigestThread[];
  timeZone: string;
  url: string;
}

interface DigestThread {
  spaceName: string;
  threadTitle: string;
  events: (ActivityEvent & { at: number })[];
}

export const composeDigest: Compose<DigestMail> = (message, { t, locale, site }) => {
  const events = (thread: DigestThread): Block[] =>
    thread.events.map((event) => ({
      kind: 'event',
      head: t(`mail.notification.item-${event.event}`, {
        actor: actorName(t, event),
        when: shortTime(locale, message.timeZone, event.at),
      }),
      text: manyLines(event.text) + (event.cut ? `\n\n${t('mail.notification.cut')}` : ''),
      url: event.url,
    }));
  const listed = message.threads.flatMap((thread) => thread.events).length;
  return {
    subject: t('mail.notification.digest', { count: message.count, site }),
    preheader: message.threads.map((thread) => oneLine(thread.threadTitle)).join(', '),
    blocks: [
      ...message.threads.flatMap((thread): Block[] => [
        { kind: 'heading', text: `${oneLine(thread.spaceName)} · ${oneLine(thread.threadTitle)}` },
        ...events(thread),
      ]),
      ...(message.count > listed
        ? [paragraph(t('mail.notification.more', { count: message.count - listed }))]
        : []),
      { kind: 'button', label: t('mail.notification.all'), url: message.url },
    ],
    note: t('mail.notification.note'),
    footerLinks: unsubscribeLinks(message, t),
  };
};
