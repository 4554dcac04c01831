/**
 * The only renderer of what people write: Markdown without raw HTML and images (docs/decisions/008-markdown.md), with
 * the names of mentioned people. Cost and output are bounded, whatever was typed.
 */
import MarkdownIt, { type Env, type MarkdownIt as Md, type StateInline, type Token } from 'markdown-it';
import { normalize } from '../../normalize';
import { addresses } from './addresses';
import { dialect } from './dialect';

/** A place of a text that names somebody. It becomes a mark, except in code and in links. */
export interface Mark {
  /** In UTF-16 units of the text. */
  from: number;
  to: number;
  name: string;
  guest?: boolean;
  /** Whether it names the viewer. */
  me?: boolean;
}

/**
 * Limits for Markdown. Beyond any of these a text is shown as it was typed, so nothing is lost and the cost stays
 * bounded. (Measured: 20,000 characters of the worst kind take 35 ms.)
 */
const LIMITS = {
  characters: 20_000,
  /** Nested quotations and lists. markdown-it would silently drop deeper ones. */
  nesting: 20,
  /** Cells of a table: markdown-it completes short rows, so a few characters can become many cells. */
  cells: 5_000,
  tokens: 40_000,
  /** All texts and addresses of the tokens together: one long address can be referenced a thousand times. */
  content: 200_000,
  address: 2_000,
};

/** Links lead to our own pages, the web or mail. The address is already normalised: it contains no entity and no tab. */
const isLink = (url: string) =>
  url.length <= LIMITS.address &&
  (/^https?:\/\/[^/?#\\%]/i.test(url) ||
    /^mailto:[^/]/i.test(url) ||
    /^\/(?![/\\]|%(0|2f|5c))[^\\]*$/i.test(url));

/**
 * Control characters, and characters that change the direction of what follows them, including our own words. They are
 * removed from the output. No text needs them, because every block determines its own direction (app.css).
 */

const DISGUISES = /[\u202a-\u202e\u2066-\u2069\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** A bare address is shown as its real target: a host in another alphabet may only look like a known one. */
function asItLeads(url: string): string {
  const host = /^https?:\/\/([^/?#]*)/i.exec(url)?.[1];
  if (!host || /^[\x21-\x7e]*$/.test(host)) return url;
  return URL.canParse(url) ? url.replace(host, () => new URL(url).host) : url;
}

const scrolling = new Set(['code_block', 'table_open']);

function make(tables: boolean): Md {
  const md = new MarkdownIt({ html: false, linkify: true, breaks: true, maxNesting: LIMITS.nesting });
  if (!tables) md.disable('table');
  md.use(dialect).use(addresses, LIMITS.address);
  md.validateLink = isLink;
  md.normalizeLinkText = asItLeads;

  md.inline.ruler.at('text', plainText);
  md.inline.ruler.before('escape', 'mention', mention);
  md.core.ruler.push('foyer', ({ tokens }) => {
    for (const token of tokens) {
      // A heading in a text must not compete with the page's own: # becomes h3.
      if (token.type === 'heading_open' || token.type === 'heading_close')
        token.tag = `h${Math.min(6, Number(token.tag.slice(1)) + 2)}`;
      // The CSP allows no style attributes.
      const aligned = /text-align:(center|right)/.exec(String(token.attrGet('style')))?.[1];
      if (token.attrs) token.attrs = token.attrs.filter(([name]) => name !== 'style');
      if (aligned) token.attrSet('class', `to-${aligned}`);
      // A block that may be wider than the page scrolls by itself, so the keyboard must reach it.
      if (scrolling.has(token.type)) token.attrSet('tabindex', '0');
      if (token.children) token.children = tidied(token.children);
      if (token.type === 'inline' && token.meta?.task) token.children = asTask(token);
    }
  });
  md.renderer.rules.link_open = (tokens, index, options, _env, self) => {
    // Other sites learn nothing about us and cannot control our window.
    if (!String(tokens[index]!.attrGet('href')).startsWith('/'))
      tokens[index]!.attrSet('rel', 'nofollow ugc noopener');
    return self.renderToken(tokens, index, options);
  };
  // The language after ``` would become a class in the reader's page.
  md.renderer.rules.fence = (tokens, index) =>
    `<pre tabindex="0"><code>${escaped(tokens[index]!.content)}</code></pre>\n`;
  // The words of a task are the name of its checkbox.
  md.renderer.rules.task_open = (tokens, index) =>
    `<label><input type="checkbox" disabled=""${tokens[index]!.info === 'done' ? ' checked=""' : ''}> `;
  md.renderer.rules.task_close = () => '</label>';
  md.renderer.rules.mention = (tokens, index) => {
    const { name, guest, me } = tokens[index]!.meta as unknown as Mark;
    const kind = `mention${guest ? ' guest' : ''}${me ? ' me' : ''}`;
    return `<span class="${kind}">@${escaped(name)}</span>`;
  };
  return md;
}

const escaped = (text: string) =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

/** Like markdown-it's own rule, but it also stops at a mark. */
function plainText(state: StateInline, silent: boolean): boolean {
  special.lastIndex = state.pos;
  const end = Math.min(special.exec(state.src)?.index ?? state.posMax, state.posMax);
  if (end <= state.pos) return false;
  if (!silent) state.pending += state.src.slice(state.pos, end);
  state.pos = end;
  return true;
}
const special = /[\n!#$%&*+\-:<=>@[\\\]^_`{}~\ufdd0]/g;

/** Something visible: not a blank, a control character or another invisible one. */
const visible = /[^\p{Z}\p{C}\p{Default_Ignorable_Code_Point}\u2800]|\p{Co}/u;

/**
 * A picture would tell its sender who reads, so it becomes a link, or only its words within another link. A link without
 * visible text shows its address.
 */
function tidied(tokens: Token[]): Token[] {
  const tidy: Token[] = [];
  /** The open links: where they begin in `tidy`, and where they lead. `[a]()` is not a link. */
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

/** A task as a checkbox, named by its words. */
function asTask(inline: Token): Token[] {
  const open = newToken(inline, 'task_open', '', 0);
  open.info = String((inline.meta as { task: string }).task);
  open.content = open.info === 'done' ? '\u2611 ' : '\u2610 ';
  return [open, ...(inline.children ?? []), newToken(inline, 'task_close', '', 0)];
}

const newToken = (like: Token, type: string, tag: string, nesting: 1 | 0 | -1): Token =>
  new (like.constructor as typeof Token)(type, tag, nesting);

// --- Marks ---------------------------------------------------------------------------------------------------

/**
 * Before parsing, each mark is replaced by two characters that nobody can type: U+FDD0, a noncharacter, and one that says
 * which of the marked words it is. So no sign within a name has a meaning, and where no mark is allowed the words come back.
 */
const SIGN = '\ufdd0';
const FIRST = 0xe000;
const MOST = 6_000;

interface Marked {
  text: string;
  /** For each such character: the words, and the mark. */
  words: string[];
  marks: Mark[];
}

function withMarks(text: string, marks: Mark[]): Marked {
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

/** Puts the words back where no mark was made, also within an address, where the characters were encoded. */
const restored = (html: string, { words }: Marked): string =>
  words.length === 0
    ? html
    : html
        .replace(/\ufdd0([\ue000-\uf8ff])/g, (_, sign: string) =>
          escaped(words[sign.charCodeAt(0) - FIRST] ?? ''),
        )
        .replace(/%EF%B7%90(%E[EF]%[0-9A-F]{2}%[0-9A-F]{2})/g, (_, sign: string) =>
          escaped(encodeURI(words[decodeURIComponent(sign).charCodeAt(0) - FIRST]?.toWellFormed() ?? '')),
        );

function mention(state: StateInline, silent: boolean): boolean {
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

// --- Reading -------------------------------------------------------------------------------------------------

const full = make(true);
const untabled = make(false);

/** Whether the text contains a table beyond the limit. Checks runs of lines, because tables end at empty lines. */
const hasHugeTable = (text: string) =>
  text.split(/\n[ \t>]*(?=\n)/).some((run) => {
    const lines = run.split('\n');
    return lines.length * (Math.max(...lines.map((line) => line.split('|').length)) + 1) > LIMITS.cells;
  });

/** The tokens of a text; null if it is beyond the limits. */
function parse(text: string, marked?: Marked): { md: Md; tokens: Token[]; env: Env } | null {
  if (text.length > LIMITS.characters) return null;
  const md = text.includes('|') && hasHugeTable(text) ? untabled : full;
  const env = { marks: marked?.marks };
  // The words behind a placeholder count too.
  const longest = Math.max(0, ...(marked?.words ?? []).map((words) => words.length));
  const size = (text: string) =>
    text.length + (longest && (text.match(/\ufdd0|%EF%B7%90/g)?.length ?? 0) * longest);
  const tokens = md.parse(text, env);
  let count = 0;
  let content = 0;
  const weigh = (list: Token[]) => {
    for (const token of list) {
      count++;
      content += size(token.content);
      for (const [name, value] of token.attrs ?? []) content += name.length + size(String(value));
      if (token.children) weigh(token.children);
    }
  };
  weigh(tokens);
  const tooDeep = tokens.some((t) => t.nesting === 1 && t.level >= LIMITS.nesting - 1);
  return tooDeep || count > LIMITS.tokens || content > LIMITS.content ? null : { md, tokens, env };
}

const wellFormed = (text: string) => normalize(text.toWellFormed(), 'NFC');

/**
 * Safe HTML of a text.
 * @param marks whom the text names, in order. They become names, never links
 */
export function render(text: string, marks: Mark[] = []): string {
  const marked = withMarks(text, marks);
  const clean = wellFormed(marked.text);
  const read = parse(clean, marked);
  const html = read
    ? read.md.renderer.render(read.tokens, read.md.options, read.env)
    : `<p>${escaped(clean).replace(/\r\n?|\n/g, '<br>\n')}</p>\n`;
  // At the very end, because entities and percent signs can produce them too.
  return restored(html, marked).replace(DISGUISES, '');
}

/**
 * Which of the marks are the writer's own words: outside code, links and quotations. If the same words occur several
 * times, it is the first of their marks.
 */
export function own<M extends Mark>(text: string, marks: M[]): Set<M> {
  const marked = withMarks(text, marks);
  const read = parse(wellFormed(marked.text), marked);
  const found = new Set<M>();
  let quotes = 0;
  for (const token of read?.tokens ?? []) {
    if (token.type === 'blockquote_open') quotes++;
    if (token.type === 'blockquote_close') quotes--;
    if (quotes === 0)
      for (const child of token.children ?? [])
        if (child.type === 'mention') found.add(child.meta as unknown as M);
  }
  return found;
}

/** The words of each block of a text as a reader sees them, and the block's lines. Nothing for a text beyond the limits. */
export function blocks(text: string): { words: string[]; from: number; to: number }[] {
  const starts = [0, ...[...text.matchAll(/\r\n?|\n/g)].map(({ 0: end, index }) => index + end.length)];
  let lines: [number, number] = [0, 0];
  return (parse(wellFormed(text))?.tokens ?? []).flatMap((token) => {
    lines = token.map ?? lines;
    const words = token.children
      ? [wordsOf(token.children), ...addressesOf(token.children)]
      : [token.content];
    const [from, to] = lines.map((line) => starts[line] ?? text.length) as [number, number];
    return words.some(Boolean) ? [{ words, from, to }] : [];
  });
}

/** The targets of links, as browsers show them. */
const addressesOf = (tokens: Token[]): string[] =>
  tokens.flatMap((token) => (token.type === 'link_open' ? [String(token.attrGet('href') ?? '')] : []));

/** A text without its quotations. */
export function unquoted(text: string): string {
  if (!text.includes('>')) return text;
  const clean = wellFormed(text).replace(/\r\n?/g, '\n');
  const lines = clean.split('\n');
  const quotes = (parse(clean)?.tokens ?? []).filter(({ type, map }) => type === 'blockquote_open' && map);
  for (const { map } of quotes) lines.fill('', map![0], map![1]);
  return lines.join('\n');
}

// --- Plain words ---------------------------------------------------------------------------------------------

/** The words of inline tokens, without markup. */
const wordsOf = (tokens: Token[]): string =>
  tokens
    .map((token) =>
      token.type === 'softbreak' || token.type === 'hardbreak'
        ? ' '
        : token.type === 'image'
          ? wordsOf(token.children ?? [])
          : token.content,
    )
    .join('');

/** The plain words of a text, on one line. */
export function words(text: string): string {
  const clean = wellFormed(text);
  const read = parse(clean);
  const plain = read
    ? read.tokens.map((t) => (t.children ? wordsOf(t.children) : t.content)).join(' ')
    : clean;
  return plain.replace(DISGUISES, '').replace(/\s+/g, ' ').trim();
}

/** The beginning of a text in plain words, of at most `max` characters: for lists and notifications. */
export function excerpt(text: string, max = 140): string {
  // Markup is seldom longer than its words, and a list of thirty texts should not parse each one completely.
  const begun = text.slice(0, max * 4 + 400);
  const plain = words(begun);
  if (plain.length <= max)
    return begun.length < text.length ? `${plain.replace(/(?<![\s….])[\s….]+$/, '')}…` : plain;
  const cut = plain
    .slice(0, max)
    .toWellFormed()
    .replace(/\ufffd$/, '');
  // At a space if there is one nearby; Japanese has none.
  const space = cut.lastIndexOf(' ');
  return `${(space > 20 && cut.length - space <= 21 ? cut.slice(0, space) : cut).trimEnd()}…`;
}
