/** Where a notification leads, what its reader may read, and how long its words may be. */
import { unquoted } from '../markdown';
import type { Mention } from '../schema';
import { titleForGuest, wordsForGuest } from '../threads/text';

/** The path of what happened: the thread, at the comment when it was one. */
export const afterwards = (spaceId: number, threadId: number, commentId: number | null): string =>
  `/spaces/${spaceId}/threads/${threadId}` +
  (commentId === null ? '' : `?comment=${commentId}#comment-${commentId}`);

interface Read {
  title?: string;
  body?: string;
  /** As they are stored: JSON. */
  mentions: string | null;
  authorId: string;
}

/** The words of a text, or the title of its thread, as their reader may have them (threads/text.ts). */
export function readableBy(
  reader: { id: string; kind: 'user' | 'guest' },
  guestsHidden: boolean,
  { title, body = '', mentions, authorId }: Read,
): string {
  if (!guestsHidden || reader.kind === 'user') return title ?? body;
  const text = { mentions: JSON.parse(mentions ?? '[]') as Mention[], authorId };
  return title === undefined
    ? wordsForGuest(reader.id, { ...text, body })
    : titleForGuest(reader.id, { ...text, title });
}

/** What somebody says themselves: a quote before an answer is somebody else's words. All of it, where there is no more. */
export const ownWords = (text: string): string => {
  const own = unquoted(text);
  return own.trim() ? own : text;
};

/** At most so many characters, cut between two of them. */
export function shortened(text: string, max: number): string {
  const characters = [...text];
  return characters.length <= max ? text : `${characters.slice(0, max).join('').trimEnd()}…`;
}
