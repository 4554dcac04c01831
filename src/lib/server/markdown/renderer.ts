import MarkdownIt, { type MarkdownIt as Md, type StateInline } from 'markdown-it';
import { addresses } from './addresses';
import { dialect } from './dialect';
import { LIMITS } from './limits';
import { asItLeads, isLink } from './links';
import { mention, type Mark } from './marks';
import { escaped } from './text';
import { TABLE_BOX } from '../../prose';
import { asTask, tidied } from './tidy';

export function make(tables: boolean): Md {
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
      // Wide blocks scroll by themselves, so the keyboard must reach them.
      if (token.type === 'code_block') token.attrSet('tabindex', '0');
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
  // A table that scrolls itself would be no table any more to a screen reader. Prose.svelte names the box.
  md.renderer.rules.table_open = () => `${TABLE_BOX}<table>\n`;
  md.renderer.rules.table_close = () => '</table></div>\n';
  // The language after ``` would become a class in the reader's page.
  md.renderer.rules.fence = (tokens, index) =>
    `<pre tabindex="0"><code>${escaped(tokens[index]!.content)}</code></pre>\n`;
  // The words of a task name its checkbox.
  md.renderer.rules.task_open = (tokens, index) =>
    `<label><input type="checkbox" disabled=""${tokens[index]!.info === 'done' ? ' checked=""' : ''}> `;
  md.renderer.rules.task_close = () => '</label>';
  md.renderer.rules.mention = (tokens, index) => {
    const { name, guest, me } = tokens[index]!.meta as unknown as Mark;
    const kind = `mention${guest ? ' guest' : ''}${me ? ' me' : ''}`;
    // The "@" is inside: in text of the other direction it would otherwise stand on the wrong side of the name.
    return `<bdi class="${kind}">@${escaped(name)}</bdi>`;
  };
  return md;
}

/** markdown-it's own rule, but it also stops at a mark. */
function plainText(state: StateInline, silent: boolean): boolean {
  special.lastIndex = state.pos;
  const end = Math.min(special.exec(state.src)?.index ?? state.posMax, state.posMax);
  if (end <= state.pos) return false;
  if (!silent) state.pending += state.src.slice(state.pos, end);
  state.pos = end;
  return true;
}
const special = /[\n!#$%&*+\-:<=>@[\\\]^_`{}~\ufdd0]/g;
