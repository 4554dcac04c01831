/** Where a notification leads, and which words of a text it says. */
import { unquoted } from '../markdown';

/** The path of what happened: the thread, at the comment when it was one. */
export const afterwards = (spaceId: number, threadId: number, commentId: number | null): string =>
  `/spaces/${spaceId}/threads/${threadId}` +
  (commentId === null ? '' : `?comment=${commentId}#comment-${commentId}`);

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
