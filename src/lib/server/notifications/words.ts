import { unquoted } from '../markdown';
import type { Row } from './rows';

/** A text, where somebody joined or left, or the list with an invitation. */
export function hrefOf({
  spaceId,
  threadId,
  commentId,
  invited,
}: Pick<Row, 'spaceId' | 'threadId' | 'commentId' | 'invited'>): string {
  if (spaceId === null) return '/admin/users';
  if (invited) return `/spaces/${spaceId}/settings/guests?find=${encodeURIComponent(invited)}`;
  if (threadId === null) return `/spaces/${spaceId}`;
  const thread = `/spaces/${spaceId}/threads/${threadId}`;
  return commentId === null ? thread : `${thread}?comment=${commentId}#comment-${commentId}`;
}

/** Without the quotation at its start, unless there is nothing else. */
export const ownWords = (text: string): string => {
  const own = unquoted(text);
  return own.trim() ? own : text;
};

export function shortened(text: string, max: number): string {
  const characters = [...text];
  return characters.length <= max ? text : `${characters.slice(0, max).join('').trimEnd()}…`;
}
