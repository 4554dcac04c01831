/** Tables and inline styles, since mail clients support little else. */
import html, { safe, type HtmlSafeString } from 'escape-html-template-tag';
import type { Translate } from '../../../messages';
import { manyLines } from '../user-text';
import type { Block } from './content';
import { accent, light, mono } from './theme';

/** Not escaped: some mail clients do not decode an escaped `/` or `=`. */
export const address = (url: string): string | HtmlSafeString =>
  /^https?:\/\/[\w.:/~?=#%-]+$/.test(url) ? safe(url) : url;

const paragraph = (text: string | HtmlSafeString) =>
  html`<p class="ink" dir="auto" style="margin:0 0 18px;color:${light.ink}">${text}</p>`;

const paragraphs = (text: string) =>
  manyLines(text)
    .split(/\n\s*\n/)
    .map((lines) =>
      paragraph(html`${lines.split('\n').map((line, i) => (i === 0 ? html`${line}` : html`<br />${line}`))}`),
    );

export function blockHtml(block: Block, t: Translate): HtmlSafeString | HtmlSafeString[] {
  switch (block.kind) {
    case 'paragraph':
      return paragraph(block.text);
    case 'user-text':
      return paragraphs(block.text);
    case 'code':
      return html`<p
        class="ink"
        dir="ltr"
        style="margin:0 0 22px;color:${light.ink};font:600 36px/1.2 ${mono};letter-spacing:4px"
      >
        ${block.code}
      </p>`;
    case 'button':
      return html`<table
          role="presentation"
          cellpadding="0"
          cellspacing="0"
          border="0"
          style="margin:6px 0 18px"
        >
          <tr>
            <td
              class="accent"
              bgcolor="${accent.light}"
              style="background:${accent.light};border-radius:10px"
            >
              <a
                class="on-accent"
                href="${address(block.url)}"
                style="display:inline-block;padding:13px 22px;color:${accent.lightOn};font-weight:600;text-decoration:none"
                >${block.label}</a
              >
            </td>
          </tr>
        </table>
        <p class="soft" style="margin:0 0 20px;color:${light.soft};font-size:13px">
          ${t('mail.link-fallback')}<br /><a
            class="accent-ink"
            dir="ltr"
            href="${address(block.url)}"
            style="color:${accent.light};word-break:break-all"
            >${address(block.url)}</a
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
              <td
                class="ink"
                valign="top"
                dir="auto"
                style="padding:3px 0;color:${light.ink};font-weight:600"
              >
                <span style="white-space:pre-wrap">${value}</span>
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
      return html`<div
        class="rule"
        style="margin:0 0 18px;padding:0 0 0 14px;border-left:3px solid ${light.line};border-inline-start:3px solid ${light.line}"
      >
        <p class="soft" dir="auto" style="margin:0 0 6px;color:${light.soft};font-size:13px">${block.head}</p>
        ${block.text ? paragraphs(block.text) : ''}
        <p style="margin:${block.text ? '-8px' : '0'} 0 0;font-size:13px">
          <a
            class="accent-ink"
            dir="ltr"
            href="${address(block.url)}"
            style="color:${accent.light};word-break:break-all"
            >${address(block.url)}</a
          >
        </p>
      </div>`;
  }
}
