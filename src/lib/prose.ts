/** Around every table of a text. Nobody can write it: the renderer escapes each < of theirs. */
export const TABLE_BOX = '<div class="wide" role="group" tabindex="0">';

/** The same HTML, its tables named for screen readers. @param name in the reader's language, without markup */
export const withTableNames = (html: string, name: string): string =>
  html.replaceAll(TABLE_BOX, () => TABLE_BOX.replace('>', ` aria-label="${name}">`));
