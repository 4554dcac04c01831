import { unquoted } from '../markdown';

export const hrefOf = (spaceId: number, threadId: number, commentId: number | null): string =>
  `/spaces/${spaceId}/threads/${threadId}` +
  (commentId === null ? '' : `?comment=${commentId}#comment-${commentId}`);

/** Without the quotation at its start, unless there is nothing else. */
export const ownWords = (text: string): string => {
  const own = unquoted(text);
  return own.trim() ? own : text;
};

export function shortened(text: string, max: number): string {
  const characters = [...text];
  return characters.length <= max ? text : `${characters.slice(0, max).join('').trimEnd()}…`;
}
