/** Inline tokens as shown: no pictures, no empty links, tasks as checkboxes. */
import type { Token } from 'markdown-it';
import { asItLeads } from './links';
import { visible, wordsOf } from './text';

/** A picture would tell its sender who reads it, so it becomes a link. A link without visible text shows its address. */
export function tidied(tokens: Token[]): Token[] {
  const tidy: Token[] = [];
  /** Open links. `at` is their place in `tidy`; `[a]()` is not a link. */
  const open: { at: number; href: string }[] = [];
  const say = (like: Token, words: string) => {
    const text = newToken(like, 'text', '', 0);
    text.content = words;
    tidy.push(text);
  };
  const opened = (token: Token) => {
    open.push({ at: tidy.length, href: String(token.attrGet('href') ?? '') });
    if (open.at(-1)!.href) tidy.push(token);
  };
  const closed = (token: Token) => {
    const { at, href } = open.pop() ?? { at: 0, href: '' };
    if (!href) return;
    if (!visible.test(wordsOf(tidy.slice(at)))) {
      tidy.length = at + 1;
      say(token, asItLeads(href.replace(/^mailto:/i, '')));
    }
    tidy.push(token);
  };
  for (const token of tokens) {
    if (token.type === 'link_open') opened(token);
    else if (token.type === 'link_close') closed(token);
    else if (token.type !== 'image') tidy.push(token);
    else {
      const src = String(token.attrGet('src') ?? '');
      const link = newToken(token, 'link_open', 'a', 1);
      link.attrs = [['href', src]];
      const inLink = open.some(({ href }) => href);
      if (!inLink) opened(link);
      if (token.children?.length) say(token, wordsOf(token.children).trim());
      if (!inLink) closed(newToken(token, 'link_close', 'a', -1));
    }
  }
  return tidy;
}

export function asTask(inline: Token): Token[] {
  const open = newToken(inline, 'task_open', '', 0);
  open.info = String((inline.meta as { task: string }).task);
  open.content = open.info === 'done' ? '\u2611 ' : '\u2610 ';
  return [open, ...(inline.children ?? []), newToken(inline, 'task_close', '', 0)];
}

const newToken = (like: Token, type: string, tag: string, nesting: 1 | 0 | -1): Token =>
  new (like.constructor as typeof Token)(type, tag, nesting);
