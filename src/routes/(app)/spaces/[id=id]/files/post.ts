/** The address of the text that a file was attached to. */
export const postOf = (space: string, file: { thread: { id: number }; commentId: number | null }): string =>
  `${space}/threads/${file.thread.id}` +
  (file.commentId === null ? '' : `?comment=${file.commentId}#comment-${file.commentId}`);
