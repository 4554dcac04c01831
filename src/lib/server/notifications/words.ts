/** Where a notification leads, and which words of a text it shows. */
import { unquoted } from '../markdown';

export const afterwards = (spaceId: number, threadId: number, commentId: number | null): string =>
  `/spaces/${spaceId}/threads/${threadId}` +
  (commentId === null ? '' : `?comment=${commentId}#comment-${commentId}`);

/** A text without the quotation that it starts with; all of it if there is nothing else. */
export const ownWords = (text: string): string => {
  const own = unquoted(text);
  return own.trim() ? own : text;
};

export function shortened(text: string, max: number): string {
  const characters = [...text];
  return characters.length <= max ? text : `${characters.slice(0, max).join('').trimEnd()}…`;
}
