/** What a notification says and where it leads. */

/** The path of what happened: the thread, at the comment when it was one. */
export const afterwards = (spaceId: number, threadId: number, commentId: number | null): string =>
  `/spaces/${spaceId}/threads/${threadId}` +
  (commentId === null ? '' : `?comment=${commentId}#comment-${commentId}`);

/** The beginning of a Markdown text as one line of plain words. */
export function excerpt(text: string, max: number): string {
  const words = text
    // Fences, headings, quotes, list marks and rules at the beginning of lines; a quote is somebody else's words.
    .replace(/^ {0,3}(?:```|~~~).*$/gm, ' ')
    .replace(/^ {0,3}>.*$/gm, ' ')
    .replace(/^ {0,3}(?:#{1,6}|[-*+]|\d{1,9}[.)]) +/gm, '')
    .replace(/^ {0,3}(?:[-*_] ?){3,}$/gm, ' ')
    // A link is its words.
    .replace(/!?\[([^\]\n]*)\]\([^)\n]*\)/g, '$1')
    .replace(/(?<!\\)(?:\*\*|__|~~|`)/g, '')
    .replace(/(^|[\s(])[*_](?=\S)|(?<=[^\s\\])[*_](?=[\s).,;:!?]|$)/g, '$1')
    .replace(/\\(?=[\p{P}\p{S}])/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
  return shortened(words || text.replace(/\s+/g, ' ').trim(), max);
}

/** At most so many characters, cut between two of them. */
export function shortened(text: string, max: number): string {
  const characters = [...text];
  return characters.length <= max ? text : `${characters.slice(0, max).join('').trimEnd()}…`;
}
