/** What people wrote, as pages show it, in markup that mail programs understand: no classes, no inputs, whole addresses. */
import { safe, type HtmlSafeString } from 'escape-html-template-tag';
import * as markdown from '../../markdown';
import { edge, light, mono } from './theme';

const line = `1px solid ${light.line}`;
const heading = `margin:18px 0 8px;color:${light.ink};font-weight:600;line-height:1.3`;
const code = `background:${light.paper};font-family:${mono};font-size:14px`;

/** [attributes, style]; a class repeats a colour for the dark. Anything else the renderer makes stays as it is. */
const styles: Record<string, [attributes: string, style: string]> = {
  p: ['class="ink" dir="auto"', `margin:0 0 14px;color:${light.ink}`],
  ul: ['dir="auto"', 'margin:0 0 14px;padding:0 24px'],
  ol: ['dir="auto"', 'margin:0 0 14px;padding:0 28px'],
  li: ['class="ink"', `margin:0 0 4px;color:${light.ink}`],
  blockquote: ['class="rule" dir="auto"', `margin:0 0 14px;padding:0 14px;${edge}`],
  pre: [
    'class="ink paper" dir="auto"',
    `margin:0 0 14px;padding:10px 14px;color:${light.ink};white-space:pre-wrap;${code}`,
  ],
  code: ['class="ink paper"', `padding:1px 4px;color:${light.ink};${code}`],
  hr: ['class="rule"', `margin:18px 0;border:0;border-top:${line}`],
  table: ['cellpadding="0" cellspacing="0" border="0"', 'margin:0 0 14px;border-collapse:collapse'],
  th: ['class="ink rule" dir="auto"', `padding:6px 10px;border:${line};color:${light.ink};text-align:start`],
  td: ['class="ink rule" dir="auto"', `padding:6px 10px;border:${line};color:${light.ink}`],
  h3: ['class="ink" dir="auto"', `${heading};font-size:19px`],
  h4: ['class="ink" dir="auto"', `${heading};font-size:17px`],
  h5: ['class="ink" dir="auto"', `${heading};font-size:16px`],
  h6: ['class="ink" dir="auto"', `${heading};font-size:16px`],
  a: ['class="accent-ink"', `color:${light.accent}`],
  bdi: ['', 'font-weight:600'],
};

/** @param origin of this site, for the addresses of its own pages */
export function prose(text: string, marks: markdown.Mark[], origin: string): HtmlSafeString {
  // The renderer escapes every < and > that is not its own.
  const html = markdown
    .render(text, marks)
    .replace(/<pre[^<>]*><code[^<>]*>/g, '<pre>')
    .replaceAll('</code></pre>', '</pre>')
    .replace(/<(\/?)(\w+)(\s[^<>]*)?>/g, (_whole, close: string, tag: string, rest = '') => {
      if (tag === 'input') return rest.includes('checked') ? '☑' : '☐';
      if (tag === 'label') return '';
      const [attributes, style] = styles[tag] ?? ['', ''];
      if (close || !style) return `<${close}${tag}>`;
      return `<${[tag, attributes, ...kept(rest, origin), `style="${style}"`].filter(Boolean).join(' ')}>`;
    });
  return safe(html);
}

function kept(rest: string, origin: string): string[] {
  const href = /\shref="([^"]*)"/.exec(rest)?.[1];
  const start = /\sstart="(\d+)"/.exec(rest)?.[1];
  const side = /\sclass="to-(center|right)"/.exec(rest)?.[1];
  return [
    ...(href === undefined ? [] : [`href="${href.startsWith('/') ? origin + href : href}"`]),
    ...(start ? [`start="${start}"`] : []),
    ...(side ? [`align="${side}"`] : []),
  ];
}
