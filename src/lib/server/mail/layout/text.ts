import type { Translate } from '../../../messages';
import { manyLines } from '../user-text';
import type { Block, MailContent } from './content';
import { footer } from './footer';

export function toText(content: MailContent, t: Translate): string {
  return `${[
    ...(content.code === undefined ? [] : [content.code]),
    ...(content.heading === undefined ? [] : [content.heading]),
    ...content.blocks.map(blockText),
    ...(content.why === undefined ? [] : [content.why]),
    content.note,
    ...(content.footerLinks ?? []).map(linkText),
    `-- \n${footer(content, t)}`, // RFC 3676 §4.3
  ].join('\n\n')}\n`;
}

/** Mail programs only link an address alone on its line. */
const linkText = ({ label, url }: { label: string; url: string }): string => `${label}:\n${url}`;

function blockText(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
    case 'heading':
      return block.text;
    case 'user-text':
    case 'prose':
      return manyLines(block.text);
    case 'button':
    case 'link':
      return linkText(block);
    case 'facts':
      return block.rows.map(([label, value]) => `${label}: ${value}`).join('\n');
    case 'event':
      return `${block.head}\n${block.blocks.map(blockText).join('\n\n')}`;
  }
}
