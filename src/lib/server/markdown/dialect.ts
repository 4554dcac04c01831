/** Where our Markdown differs from CommonMark (docs/decisions/008-markdown.md). dialect.test.ts runs CommonMark's examples. */
import type { MarkdownIt as Md, StateBlock, StateCore, StateInline } from 'markdown-it';
import cjkFriendly from 'markdown-it-cjk-friendly';

export function dialect(md: Md): void {
  // `これは**「重要」**です。`: asterisks next to CJK punctuation work as next to Latin letters.
  md.use(cjkFriendly);
  md.inline.ruler.before('escape', 'windows-path', windowsPath);
  md.block.ruler.at('lheading', underlined, { alt: [] });
  md.block.ruler.before('hr', 'signature', signature, { alt: ['paragraph'] });
  // An answer right below a quotation is not part of it.
  md.block.ruler.before(
    'paragraph',
    'own-line',
    ({ parentType }, _line, _end, silent) => silent && parentType === 'blockquote',
    {
      alt: ['blockquote'],
    },
  );
  md.core.ruler.after('block', 'task', tasks);
}

/**
 * Paths begin like nothing else (`C:\`, `\\server`, `~\`, `%TEMP%\` …), or within a word, where nobody escapes: `share\.git` (but
 * `snake\_case` and `MAX\_SIZE` are escapes). Linear: every part is bounded, and each place is tried once.
 */
const PATH =
  /(?<![\p{Script=Latin}\p{N}\\.%_~$])(?:[A-Za-z]:\\|\\\\(?:[?.]\\(?=[\p{L}\p{N}._$?])|[\p{L}\p{N}][\p{L}\p{N}._$-]{0,254})|(?:\.{1,2}|~|\$[A-Za-z]\w{0,60}|HK[A-Z]{2,4})\\(?=[\p{L}\p{N}._])|%\w{1,60}%\\|[\p{L}][\p{L}\p{N}-]{0,60}\\(?=\.\p{L})|[A-Z][A-Z\d-]{1,60}\\(?=_\p{Ll}))[^\s<>"|`[\]()]{0,1000}/gu;
/**
 * A path goes on over blanks if another backslash follows (`C:\Program Files (x86)\_app`), but not over emphasis, links or an @.
 */
const ON =
  /(?![*_~])(?:(?!\][([]|[.:!?]\s)[^\\\r\n<>"|`,;*@\ufdd0]){1,80}(?<=[\p{L}\p{N})\]}'$%])\\(?=[\p{L}\p{N}._\-![($])[^\s<>"|`[\]()]{0,1000}/uy;
const BEHIND = new Set("*_~.,;:!?'、。，．；：！？」』）】".split(''));

/** A path goes on over a backtick that begins no code (PowerShell escapes blanks: `C:\Program` Files\_app`). */
const TICKED = /`{1,9} ?[^\s<>"|`[\]()]{1,1000}/uy;
const GOES_ON = /^` ?[\p{Script=Latin}\p{N}._$][^]*\\/u;

const pathsOf = new WeakMap<StateInline, Map<number, number>>();

function windowsPath(state: StateInline, silent: boolean): boolean {
  const { src, pos, posMax } = state;
  if (!pathsOf.has(state)) pathsOf.set(state, src.includes('\\') ? pathsIn(src) : new Map());
  const found = pathsOf.get(state)!.get(pos) ?? 0;
  if (found <= pos) return false;
  const end = Math.min(overTicks(src, found), posMax);
  if (!silent) state.pending += src.slice(pos, end);
  state.pos = end;
  return true;
}

const endOf = (text: string, to: number): number => {
  while (BEHIND.has(text[to - 1]!) && text[to - 2] !== '\\') to--;
  return to;
};

function onward(text: string, to: number): number {
  for (;;) {
    to = endOf(text, to);
    ON.lastIndex = to;
    if (!ON.test(text)) return to;
    to = ON.lastIndex;
  }
}

function overTicks(text: string, end: number): number {
  for (;;) {
    TICKED.lastIndex = end;
    const [piece] = TICKED.exec(text) ?? [];
    if (piece === undefined) return end;
    const to = end + piece.length;
    const goesOn = GOES_ON.test(piece) && /[\p{Script=Latin}\p{N}_$)]/u.test(text[end - 1]!);
    const alone = !text.includes('`', to);
    if (!(goesOn && (alone || text[to] !== '`')) && !(alone && piece[1] !== ' ')) return end;
    end = onward(text, to);
  }
}

function pathsIn(text: string): Map<number, number> {
  const paths = new Map<number, number>();
  let last = 0;
  for (const { index, 0: path } of text.matchAll(PATH)) {
    if (index < last) continue;
    last = onward(text, index + path.length);
    paths.set(index + path.search(/[:\\%]/), last);
  }
  return paths;
}

const lineOf = (state: StateBlock, line: number) =>
  state.src.slice(state.bMarks[line]! + state.tShift[line]!, state.eMarks[line]);
const isText = (state: StateBlock, line: number) => state.sCount[line]! - state.blkIndent > 3;

/** Dashes below a line make a horizontal rule, because people write totals and signatures like that. */
function underlined(state: StateBlock, startLine: number, endLine: number): boolean {
  if (isText(state, startLine)) return false;
  const ends = state.md.block.ruler.getRules('paragraph');
  const parentType = state.parentType;
  state.parentType = 'paragraph';
  let line = startLine + 1;
  let found = false;
  for (; line < endLine && !state.isEmpty(line); line++) {
    if (isText(state, line)) continue;
    if (state.sCount[line]! >= state.blkIndent && /^=+[ \t]*$/.test(lineOf(state, line))) {
      found = true;
      break;
    }
    // A line that continues a quotation without its mark.
    if (state.sCount[line]! < 0) continue;
    if (ends.some((rule) => rule(state, line, endLine, true))) break;
  }
  state.parentType = parentType;
  if (!found) return false;
  state.line = line + 1;
  const open = state.push('heading_open', 'h1', 1);
  open.markup = '=';
  open.map = [startLine, state.line];
  const inline = state.push('inline', '', 0);
  inline.content = state.getLines(startLine, line, state.blkIndent, false).trim();
  inline.map = [startLine, line];
  inline.children = [];
  state.push('heading_close', 'h1', -1).markup = '=';
  return true;
}

/** `-- ` begins a signature (RFC 3676). Mail programs lose the blank, so right below a paragraph `--` is enough. */
function signature(state: StateBlock, line: number, _end: number, silent: boolean): boolean {
  if (isText(state, line) || state.sCount[line]! < state.blkIndent) return false;
  const text = lineOf(state, line);
  if (!/^--[ \t]*$/.test(text)) return false;
  if (silent) return true;
  const before = state.tokens.at(-1);
  const below = before?.type === 'paragraph_close' && !state.isEmpty(line - 1);
  if (!below && text === '--') return false;
  state.line = line + 1;
  const token = state.push('hr', 'hr', 0);
  token.map = [line, state.line];
  token.markup = '--';
  return true;
}

/**
 * `- [ ]` and `- [x]` before a paragraph, as on GitHub, not before a heading: the words after it name the checkbox (see `task_open` in
 * renderer.ts).
 */
function tasks({ tokens }: StateCore): void {
  for (const [i, item] of tokens.entries()) {
    const inline = tokens[i + 2];
    if (item.type !== 'list_item_open' || tokens[i + 1]?.type !== 'paragraph_open' || !inline) continue;
    const found = /^\[([ xX])\][ \t\u3000]+(?=\S)/.exec(inline.content);
    if (!found) continue;
    item.attrSet('class', 'task');
    inline.content = inline.content.slice(found[0].length);
    inline.meta = { task: found[1] === ' ' ? 'open' : 'done' };
  }
}
