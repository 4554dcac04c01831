/** Tables and inline styles, since mail clients support little else. */
import html, { safe, type HtmlSafeString } from 'escape-html-template-tag';
import type { Translate } from '../../../messages';
import { manyLines } from '../user-text';
import type { Block } from './content';
import { edge, light } from './theme';

/** Not escaped: some mail clients do not decode an escaped `/` or `=`. */
export const address = (url: string): string | HtmlSafeString =>
  /^https?:\/\/[\w.:/~?=#%-]+$/.test(url) ? safe(url) : url;

const paragraph = (text: string | HtmlSafeString) =>
  html`<p class="ink" dir="auto" style="margin:0 0 18px;color:${light.ink}">${text}</p>`;

/** As typed, with links. A mark at the end of an address belongs to the sentence. */
const linked = (line: string) =>
  line
    .split(/(https?:\/\/[^\s<>"]+[^\s<>".,:;!?)\]}»”’'。、）」])/)
    .map((piece, i) =>
      i % 2 === 0
        ? piece
        : html`<a class="accent-ink" href="${address(piece)}" style="color:${light.accent}"
            >${address(piece)}</a
          >`,
    );

const paragraphs = (text: string) =>
  manyLines(text)
    .split(/\n\s*\n/)
    .map((lines) =>
      paragraph(
        html`${lines.split('\n').map((line, i) => (i === 0 ? html`${linked(line)}` : html`<br />${linked(line)}`))}`,
      ),
    );

/** In classic Outlook the cell is padded, because it ignores the padding of links. */
const button = (label: string, url: string) =>
  html`<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:6px 0 18px">
    <tr>
      <td
        class="accent"
        align="center"
        bgcolor="${light.accent}"
        style="background:${light.accent};border-radius:10px;mso-padding-alt:13px 22px"
      >
        <a
          class="on-accent"
          href="${address(url)}"
          style="display:inline-block;padding:13px 22px;mso-padding-alt:0;color:${light.onAccent};font-weight:600;text-decoration:none"
          >${label}</a
        >
      </td>
    </tr>
  </table>`;

export function blockHtml(block: Block, t: Translate): HtmlSafeString | HtmlSafeString[] {
  switch (block.kind) {
    case 'paragraph':
      return paragraph(block.text);
    case 'user-text':
      return paragraphs(block.text);
    case 'prose':
      return block.html;
    case 'button':
      return html`${button(block.label, block.url)}
        <p class="soft" style="margin:0 0 20px;color:${light.soft};font-size:13px">
          ${t('mail.link-fallback')}<br /><a
            class="accent-ink"
            dir="ltr"
            href="${address(block.url)}"
            style="color:${light.accent};word-break:break-all"
            >${address(block.url)}</a
          >
        </p>`;
    case 'link':
      return html`<p style="margin:0 0 18px">
        <a class="accent-ink" href="${address(block.url)}" style="color:${light.accent};font-weight:600"
          >${block.label}</a
        >
      </p>`;
    case 'facts':
      return html`<table
        role="presentation"
        cellpadding="0"
        cellspacing="0"
        border="0"
        style="margin:0 0 20px"
      >
        ${block.rows.map(
          ([label, value]) =>
            html`<tr>
              <td
                class="soft"
                valign="top"
                style="padding:3px 18px 3px 0;color:${light.soft};font-size:13px;white-space:nowrap"
              >
                ${label}
              </td>
              <td class="ink" valign="top" style="padding:3px 0;color:${light.ink};font-weight:600">
                <span dir="auto" style="white-space:pre-wrap">${value}</span>
              </td>
            </tr>`,
        )}
      </table>`;
    case 'heading':
      return html`<h2
        class="ink"
        dir="auto"
        style="margin:26px 0 12px;color:${light.ink};font-size:16px;line-height:1.35;font-weight:600"
      >
        ${block.text}
      </h2>`;
    case 'event':
      return html`<table
        role="presentation"
        width="100%"
        cellpadding="0"
        cellspacing="0"
        border="0"
        style="margin:0 0 16px"
      >
        <tr>
          <td class="rule" style="padding:0 14px;${edge}">
            <p class="soft" dir="auto" style="margin:0 0 6px;color:${light.soft};font-size:13px">
              ${block.head}
            </p>
            ${block.blocks.map((inner) => blockHtml(inner, t))}
          </td>
        </tr>
      </table>`;
  }
}
