import type { Translate } from '../../../messages';
import { oneLine } from '../../../text';
import { paragraph, type Block } from '../layout/content';
import {
  actorName,
  actorOf,
  threadSubject,
  unsubscribeLinks,
  written,
  type ActivityEvent,
  type UnsubscribeLinks,
} from './activity';
import { shortTime, type Compose, type Reader } from './compose';

/** Several events of one thread, of one space by thread, or of several spaces. */
export interface DigestMail extends UnsubscribeLinks {
  kind: 'digest';
  siteName: string;
  count: number;
  threads: DigestThread[];
  timeZone: string;
  url: string;
}

interface DigestThread {
  id?: number;
  spaceId?: number;
  spaceName: string;
  threadTitle: string;
  events: (ActivityEvent & { at: number })[];
}

export const composeDigest: Compose<DigestMail> = (message, reader) => {
  const { t } = reader;
  const { threads, count } = message;
  const events = threads.flatMap((thread) => thread.events);
  const [first] = events;
  const only = threads.length === 1 ? threads[0] : undefined;
  const oneActor = first && new Set(events.map((event) => actorName(t, event))).size === 1;
  return {
    ...titlesOf(message, reader),
    preheader: only
      ? oneLine(first!.text).slice(0, 140).toWellFormed()
      : threads.map((thread) => oneLine(thread.threadTitle)).join(', '),
    sender: oneActor ? actorOf(first) : undefined,
    threadId: only?.id,
    blocks: [
      ...threads.flatMap((thread) => blocksOf(thread, message, reader)),
      ...(count > events.length
        ? [paragraph(t('mail.notification.more', { count: count - events.length }))]
        : []),
      {
        kind: 'button',
        label: t(only ? 'mail.notification.button' : 'mail.notification.all'),
        url: message.url,
      },
    ],
    note: t('mail.notification.note'),
    footerLinks: unsubscribeLinks(message, t),
  };
};

function titlesOf({ threads, count }: DigestMail, { t, site }: { t: Translate; site: string }) {
  const [{ spaceName, threadTitle, events }] = threads as [DigestThread];
  if (threads.length === 1) {
    const began = events.some((event) => event.event === 'thread');
    return {
      subject: threadSubject(spaceName, threadTitle, !began),
      heading: t('mail.notification.of-thread', { count, thread: oneLine(threadTitle) }),
    };
  }
  return {
    subject: isOfOneSpace(threads)
      ? t('mail.notification.of-space', { count, space: oneLine(spaceName) })
      : t('mail.notification.digest', { count, site }),
  };
}

const isOfOneSpace = ([first, ...others]: DigestThread[]): boolean =>
  others.every(({ spaceId, spaceName }) => spaceId === first!.spaceId && spaceName === first!.spaceName);

/** Each thread has one link, to the first of its news. */
function blocksOf(thread: DigestThread, { threads, timeZone }: DigestMail, reader: Reader): Block[] {
  const { t, locale } = reader;
  const title = oneLine(thread.threadTitle);
  const events = thread.events.map((event): Block => ({
    kind: 'event',
    head: t(`mail.notification.item-${event.event}`, {
      actor: actorName(t, event),
      when: shortTime(locale, timeZone, event.at),
    }),
    blocks: written(event, reader),
  }));
  if (threads.length === 1) return events;
  return [
    { kind: 'heading', text: isOfOneSpace(threads) ? title : `${oneLine(thread.spaceName)} · ${title}` },
    ...events,
    { kind: 'link', label: t('mail.notification.button'), url: thread.events[0]!.url },
  ];
}
