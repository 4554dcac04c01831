/** The one renderer of what people write: Markdown without raw HTML and without images (docs/decisions/008-markdown.md). */
import MarkdownIt from 'markdown-it';

// markdown-it escapes all HTML with `html: false`, and refuses javascript:, vbscript:, file: and data: links.
const renderer = new MarkdownIt({ html: false, linkify: true, breaks: true }).disable('image');

// Other people's links tell nothing about us and get no hold of our window.
renderer.renderer.rules.link_open = (tokens, index, options, _env, self) => {
  tokens[index]!.attrSet('rel', 'nofollow ugc noopener');
  return self.renderToken(tokens, index, options);
};
// A heading in a text never competes with the page's own: # is h3.
renderer.core.ruler.push('lower_headings', (state) => {
  for (const token of state.tokens)
    if (token.type === 'heading_open' || token.type === 'heading_close')
      token.tag = `h${Math.min(6, Number(token.tag.slice(1)) + 2)}`;
});

/** Safe HTML of a text. */
export const render = (text: string): string => renderer.render(text);
