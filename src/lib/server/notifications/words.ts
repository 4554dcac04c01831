/** Where a notification leads, what its reader may read, and how long its words may be. */
import { unquoted } from '../markdown';
import { without } from '../named';
import type { Mention } from '../schema';

/** The path of what happened: the thread, at the comment when it was one. */
export const afterwards = (spaceId: number, threadId: number, commentId: number | null): string =>
  `/spaces/${spaceId}/threads/${threadId}` +
  (commentId === null ? '' : `?comment=${commentId}#comment-${commentId}`);

/**
 * The words of a text or the title of its thread as their reader may have them: where guests are hidden, a guest reads no other
 * guest's name in them.
 * @param mentions as they are stored: JSON
 */
export const readableBy = (
  reader: { id: string; kind: 'user' | 'guest' },
  guestsHidden: boolean,
  text: string,
  mentions: string | null,
  part: 'at' | 'title' = 'at',
): string =>
  guestsHidden && reader.kind === 'guest'
    ? without(
        text,
        JSON.parse(mentions ?? '[]') as Mention[],
        (m) => m.guest === true && m.id !== reader.id,
        part,
      ).text
    : text;

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
