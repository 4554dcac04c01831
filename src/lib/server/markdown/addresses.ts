import type { MarkdownIt as Md } from 'markdown-it';
import { hostEnd, unspaced } from '../../edges';

/** Of scripts without spaces; the parser takes them for blanks. */
const ending = new RegExp(`${unspaced.source}|[\\u3000-\\u303f\\uff00-\\uffef]`, 'gu');
const hasEnding = new RegExp(ending.source, 'u');
const asEnd = (text: string) => text.replace(ending, (letter) => '\u3000'.repeat(letter.length));

/** A host in other letters (`https://例え.テスト/`) is part of the address. */
const HOST = /(https?:\/\/)([^\s/?#]{1,255})/giu;

function seen(text: string): string {
  if (!hasEnding.test(text)) return text;
  let marked = '';
  let last = 0;
  for (const { index, 1: scheme, 2: host } of text.matchAll(HOST)) {
    const from = index + scheme!.length;
    const to = from + hostEnd(host!);
    marked += asEnd(text.slice(last, from)) + text.slice(from, to);
    last = to;
  }
  return marked + asEnd(text.slice(last));
}

/** `plan.zip` and `notes.md` mean files, so an address needs http:// or https://, or is an e-mail address. */
export function addresses(md: Md, longest: number): void {
  const linkify = md.linkify.set({ fuzzyLink: false }).add('ftp:', null).add('//', null);
  const { test, match, matchAtStart } = linkify;
  type Match = NonNullable<ReturnType<typeof match>>[number];
  const asTyped = (text: string, found: Match): Match => {
    const typed = text.slice(found.index, found.lastIndex);
    found.url = found.url.replace(found.text, () => typed);
    found.text = found.raw = typed;
    return found;
  };
  linkify.test = (text) => test.call(linkify, seen(text));
  linkify.match = (text) => match.call(linkify, seen(text))?.map((found) => asTyped(text, found)) ?? null;
  linkify.matchAtStart = (text) => {
    const begun = text.slice(0, longest + 1);
    const found = matchAtStart.call(linkify, seen(begun));
    return found && asTyped(begun, found);
  };
}
