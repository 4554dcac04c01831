import type { Translate } from '../../../messages';
import { manyLines } from '../user-text';
import type { Block, MailContent } from './content';

export function toText(content: MailContent, t: Translate): string {
  const footer = `-- \n${t('mail.footer', { site: content.siteName })}`; // RFC 3676 §4.3
  return `${[
    ...content.blocks.map(blockText),
    content.note,
    ...(content.footerLinks ?? []).map(linkText),
    footer,
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
      return manyLines(block.text);
    case 'code':
      return block.code;
    case 'button':
      return linkText(block);
    case 'facts':
      return block.rows.map(([label, value]) => `${label}: ${value}`).join('\n');
    case 'event':
      return [block.head, manyLines(block.text), block.url].filter(Boolean).join('\n');
  }
}
