import { fileSize } from '../../../files';
import { inARow, listed, type Locale, type Translate } from '../../../messages';
import { displayName, type Person } from '../../../people';
import { oneLine } from '../../../text';
import type { Mark } from '../../markdown';
import { paragraph, type Block } from '../layout/content';
import { prose } from '../layout/prose';
import { manyLines } from '../user-text';
import type { Compose, Reader } from './compose';

export type ActivityKind = 'mention' | 'comment' | 'thread';

export interface Actor {
  actorName: string;
  /** The company of a guest, empty if unknown; null or absent for a user. */
  guestOf?: string | null;
}

export interface ActivityEvent extends Actor {
  event: ActivityKind;
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

/** Why somebody hears of something, in the order of a sentence: notifications/recipients.ts decides. */
const REASONS = ['named', 'follows', 'runs', 'space', 'invited', 'left'] as const;
export type Reason = (typeof REASONS)[number];

/** Of every mail of notifications: who wrote, why the reader hears of it, and what they can do about that. */
export interface ActivityFoot {
  reasons?: readonly Reason[];
  /** The reader's own link; also a header (RFC 8058). */
  unsubscribe: string;
  settings: string;
  /** Where the thread can be unfollowed, and the space muted, if that would stop such e-mails. */
  unfollow?: string | false;
  mute?: string | false;
}

export const actorOf = ({ actorName, guestOf }: Actor): Person => ({
  name: actorName,
  guest: typeof guestOf === 'string',
  company: guestOf ?? '',
});

export const actorName = (t: Translate, event: Actor): string => displayName(t, actorOf(event));

/** What was written and attached. */
export function written(event: ActivityEvent, { t, locale }: { t: Translate; locale: Locale }): Block[] {
  const text = manyLines(event.text);
  const files = (event.files ?? []).map(({ name, size }) => `${oneLine(name)} (${fileSize(size, locale)})`);
  return [
    ...(event.onlyFor ? [paragraph(t('mail.notification.only', { company: event.onlyFor }))] : []),
    ...(!text ? [] : [event.plain ? userText(text) : asMarkdown(text, event)]),
    ...(event.cut ? [paragraph(t('mail.notification.cut'))] : []),
    ...(files.length ? [paragraph(t('mail.notification.files', { files: inARow(locale, files) }))] : []),
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

interface Opening {
  subject: string;
  heading?: string;
  preheader: string;
  /** Everybody who did something. */
  actors: Actor[];
  threadId?: number;
  blocks: Block[];
  button: { label: string; url: string };
  /** How many of them it is about. */
  threads: number;
  spaces: number;
}

/** One mail about what others did: its sender is whoever did all of it. */
export function activityMail(
  { actors, threads, spaces, button, blocks, ...opening }: Opening,
  { reasons = [], settings, unsubscribe, unfollow, mute }: ActivityFoot,
  { t, locale }: Reader,
): ReturnType<Compose<never>> {
  const [first] = actors;
  const alone = first && new Set(actors.map((actor) => actorName(t, actor))).size === 1;
  return {
    ...opening,
    sender: alone ? actorOf(first) : undefined,
    blocks: [...blocks, { kind: 'button', ...button }],
    why:
      reasons.length > 1
        ? t('mail.why.several', {
            reasons: listed(
              locale,
              REASONS.filter((why) => reasons.includes(why)).map((why) => t(`mail.why.several-${why}`)),
            ),
          })
        : reasons[0] && t(`mail.why.${reasons[0]}`, { threads, spaces }),
    note: t(threads > 0 ? 'mail.notification.note' : 'mail.notification.choose'),
    footerLinks: [
      ...(unfollow ? [{ label: t('mail.notification.unfollow'), url: unfollow }] : []),
      ...(mute ? [{ label: t('mail.notification.mute'), url: mute }] : []),
      { label: t('mail.notification.settings'), url: settings },
      { label: t('mail.notification.unsubscribe'), url: unsubscribe },
    ],
  };
}
