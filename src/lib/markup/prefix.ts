/** What stands before the words of a line: quotation, indentation, list marker, checkbox. */
export interface Prefix {
  /** `> > ` without the last blank. */
  quote: string;
  indent: string;
  /** `- ` or `3. `. */
  marker: string;
  /** `[ ] `, only behind a marker. */
  box: string;
  length: number;
}

const PREFIX =
  /^((?:[ \t]*>)*)([ \t]*)(?:((?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$))(\[[ xX]\](?:[ \t\u3000]+|$))?)?/;

export function prefixOf(line: string): Prefix {
  const [whole, quote = '', indent = '', marker = '', box = ''] = PREFIX.exec(line)!;
  return { quote, indent, marker, box, length: whole.length };
}
