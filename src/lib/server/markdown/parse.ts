import type { Env, MarkdownIt as Md, Token } from 'markdown-it';
import { LIMITS } from './limits';
import type { Marked } from './marks';
import { make } from './renderer';

const full = make(true);
const untabled = make(false);

const hasHugeTable = (text: string) =>
  text.split(/\n[ \t>]*(?=\n)/).some((run) => {
    const lines = run.split('\n');
    return lines.length * (Math.max(...lines.map((line) => line.split('|').length)) + 1) > LIMITS.cells;
  });

export function parse(text: string, marked?: Marked): { md: Md; tokens: Token[]; env: Env } | null {
  if (text.length > LIMITS.characters) return null;
  const md = text.includes('|') && hasHugeTable(text) ? untabled : full;
  const env = { marks: marked?.marks };
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
