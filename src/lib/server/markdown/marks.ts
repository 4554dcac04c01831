/** U+FDD0, which nobody can type, and a character for the marked words stand in for marks, so nothing in a name is markup. */
import type { StateInline } from 'markdown-it';
import { escaped } from './text';

export interface Mark {
  from: number;
  to: number;
  name: string;
  guest?: boolean;
  me?: boolean;
}

const SIGN = '\ufdd0';
const FIRST = 0xe000;
const MOST = 6_000;

export interface Marked {
  text: string;
  words: string[];
  marks: Mark[];
}

export function withMarks(text: string, marks: Mark[]): Marked {
  const plain = text.replaceAll(SIGN, '\ufffd');
  const signs = new Map<string, number>();
  const known: Mark[] = [];
  let marked = '';
  let last = 0;
  for (const mark of marks) {
    const words = plain.slice(mark.from, mark.to);
    let sign = signs.get(words);
    if (sign === undefined) {
      if (signs.size === MOST) continue;
      signs.set(words, (sign = signs.size));
      known.push(mark);
    }
    marked += plain.slice(last, mark.from) + SIGN + String.fromCharCode(FIRST + sign);
    last = mark.to;
  }
  return { text: marked + plain.slice(last), words: [...signs.keys()], marks: known };
}

/** Restores the words where no mark was made, also in addresses, where placeholders are encoded. */
export const restored = (html: string, { words }: Marked): string =>
  words.length === 0
    ? html
    : html
        .replace(/\ufdd0([\ue000-\uf8ff])/g, (_, sign: string) =>
          escaped(words[sign.charCodeAt(0) - FIRST] ?? ''),
        )
        .replace(/%EF%B7%90(%E[EF]%[0-9A-F]{2}%[0-9A-F]{2})/g, (_, sign: string) =>
          escaped(encodeURI(words[decodeURIComponent(sign).charCodeAt(0) - FIRST]?.toWellFormed() ?? '')),
        );

export function mention(state: StateInline, silent: boolean): boolean {
  const { src, pos } = state;
  if (src[pos] !== SIGN || pos + 2 > state.posMax) return false;
  const mark = (state.env as { marks?: Mark[] }).marks?.[src.charCodeAt(pos + 1) - FIRST];
  if (!silent) {
    if (!mark || state.linkLevel > 0) state.pending += src.slice(pos, pos + 2);
    else {
      const token = state.push('mention', '', 0);
      token.content = src.slice(pos, pos + 2);
      token.meta = mark as unknown as Record<string, unknown>;
    }
  }
  state.pos = pos + 2;
  return true;
}
