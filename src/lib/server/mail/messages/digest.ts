import { inARow, listed } from '../../../messages';
import { oneLine } from '../../../text';
import { paragraph, type Block } from '../layout/content';
import {
  activityMail,
  actorName,
  threadSubject,
  written,
  type ActivityEvent,
  type ActivityFoot,
  type Actor,
} from './activity';
import { shortTime, type Compose, type Reader } from './compose';

/** Several events of one thread, of one space by thread, or of several spaces; and who has joined or left. */
export interface DigestMail extends ActivityFoot {
  kind: 'digest';
  siteName: string;
  count: number;
  /** Of these, the texts. */
  texts?: number;
  threads: DigestThread[];
  joined?: Moves[];
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

/** Who joined or left one space, or joined the site (null). */
interface Moves {
  left?: boolean;
  spaceId: number | null;
  spaceName: string | null;
  /** Not all, if there are many. */
  people: Actor[];
  count: number;
  url: string;
}

export const composeDigest: Compose<DigestMail> = (message, reader) => {
  const { t, locale } = reader;
  const { threads, joined = [], count, texts = count } = message;
  const events = threads.flatMap((thread) => thread.events);
  const only = threads.length + joined.length === 1;
  const [thread] = threads;
  const label = !only ? 'all' : thread ? 'button' : joined[0]!.spaceId === null ? 'users' : 'open-space';
  return activityMail(
    {
      ...titlesOf(message, reader),
      preheader: only
        ? thread
          ? oneLine(events[0]!.text).slice(0, 140).toWellFormed()
          : aboutMoves(joined[0]!, count, reader)
        : inARow(locale, [
            ...threads.map(({ threadTitle }) => oneLine(threadTitle)),
            ...joined.map((one) => movesWords(one, reader)),
          ]),
      actors: [...events, ...joined.flatMap(({ people }) => people)],
      threadId: only ? thread?.id : undefined,
      blocks: [
        ...threads.flatMap((one) => blocksOf(one, message, reader)),
        ...(texts > events.length
          ? [paragraph(t('mail.notification.more', { count: texts - events.length }))]
          : []),
        ...(only && !thread
          ? [paragraph(aboutMoves(joined[0]!, count, reader))]
          : joined.flatMap((one) => movesBlocks(one, reader))),
      ],
      button: { label: t(`mail.notification.${label}`), url: message.url },
      threads: threads.length,
      spaces: new Set([...threads, ...joined].map(({ spaceId, spaceName }) => spaceId ?? spaceName)).size,
    },
    message,
    reader,
  );
};

function titlesOf(
  { threads, joined = [], count }: DigestMail,
  reader: Reader,
): { subject: string; heading?: string } {
  const { t, site } = reader;
  const [thread] = threads;
  if (thread && threads.length === 1 && joined.length === 0) {
    const began = thread.events.some((event) => event.event === 'thread');
    return {
      subject: threadSubject(thread.spaceName, thread.threadTitle, !began),
      heading: t('mail.notification.of-thread', { count, thread: oneLine(thread.threadTitle) }),
    };
  }
  if (!thread && joined.length === 1) return { subject: movesWords(joined[0]!, reader) };
  const space = onlySpace(threads, joined);
  if (space === null) return { subject: t('mail.notification.digest', { count, site }) };
  return {
    subject: t(joined.length > 0 ? 'mail.notification.of-space-all' : 'mail.notification.of-space', {
      count,
      space: oneLine(space),
    }),
  };
}

/** The name of the space that all are about. */
function onlySpace(threads: DigestThread[], joined: Moves[] = []): string | null {
  const [first, ...others] = [...threads, ...joined];
  const same = others.every(
    ({ spaceId, spaceName }) => spaceId === first!.spaceId && spaceName === first!.spaceName,
  );
  return same ? first!.spaceName : null;
}

/** "Mia Ito (guest, Northwind) and 2 others joined “Lamps”". */
function movesWords({ people, count, spaceName, left }: Moves, { t, locale, site }: Reader): string {
  const more = count - people.length;
  const who = listed(locale, [
    ...people.map((person) => actorName(t, person)),
    ...(more > 0 ? [t('told.others', { count: more })] : []),
  ]);
  return spaceName === null
    ? t('mail.joined.site', { who, site })
    : t(left ? 'mail.left.space' : 'mail.joined.space', { who, space: oneLine(spaceName) });
}

/** What the subject leaves to say. */
const aboutMoves = ({ left }: Moves, count: number, { t }: Reader): string =>
  left ? t('mail.left.stays') : t('mail.joined.accepted', { count });

function movesBlocks(moves: Moves, reader: Reader): Block[] {
  const label = reader.t(`mail.notification.${moves.spaceId === null ? 'users' : 'open-space'}`);
  return [paragraph(movesWords(moves, reader)), { kind: 'link', label, url: moves.url }];
}

/** Each thread has one link, to the first of its news. */
function blocksOf(
  thread: DigestThread,
  { threads, joined = [], timeZone }: DigestMail,
  reader: Reader,
): Block[] {
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
  if (threads.length + joined.length === 1) return events;
  return [
    {
      kind: 'heading',
      text: onlySpace(threads, joined) === null ? `${oneLine(thread.spaceName)} · ${title}` : title,
    },
    ...events,
    { kind: 'link', label: t('mail.notification.button'), url: thread.events[0]!.url },
  ];
}
