/** No tracking. The only remote resource is the company's logo, the same for everybody. */
import html from 'escape-html-template-tag';
import type { Locale, Translate } from '../../../messages';
import { address, blockHtml } from './blocks';
import { letterhead, type Brand } from './brand';
import type { MailContent } from './content';
import { footer } from './footer';
import { forOutlook, light, mono, sans, styleSheet, WIDTH } from './theme';

export const toHtml = (content: MailContent, locale: Locale, t: Translate, brand: Brand): string =>
  html`<!doctype html>
    <html lang="${locale}" xmlns:o="urn:schemas-microsoft-com:office:office">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <meta name="format-detection" content="telephone=no,date=no,address=no,email=no" />
        <title>${content.subject}</title>
        <style>
          ${styleSheet}
        </style>
        ${forOutlook.head}
      </head>
      <body class="paper" style="margin:0;padding:0;background:${light.paper}">
        ${
          content.preheader &&
          html`<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${content.preheader}</div>`
        }
        <table
          class="paper"
          role="presentation"
          width="100%"
          cellpadding="0"
          cellspacing="0"
          border="0"
          bgcolor="${light.paper}"
          style="background:${light.paper}"
        >
          <tr>
            <td class="frame" align="center" style="padding:32px 16px">
              ${forOutlook.open}
              <table
                role="presentation"
                width="100%"
                cellpadding="0"
                cellspacing="0"
                border="0"
                style="max-width:${WIDTH}px;text-align:left;text-align:start;font:16px/1.55 ${sans};word-break:break-word"
              >
                ${
                  content.code === undefined
                    ? html`<tr>
                        <td style="padding:0 4px 16px">${letterhead(brand, content.siteName)}</td>
                      </tr>`
                    : ''
                }
                <tr>
                  <td
                    class="sheet sheet-pad"
                    bgcolor="${light.surface}"
                    style="padding:34px 36px 18px;background:${light.surface};border:1px solid ${light.line};border-radius:16px"
                  >
                    ${heading(content)} ${content.blocks.map((block) => html`${blockHtml(block, t)} `)}
                    <p
                      class="soft rule"
                      dir="auto"
                      style="margin:8px 0 16px;padding-top:16px;border-top:1px solid ${light.line};color:${light.soft};font-size:13px"
                    >
                      ${content.why === undefined ? '' : html`${content.why}<br />`}${content.note}
                      ${(content.footerLinks ?? []).map(
                        ({ label, url }) =>
                          html`<br /><a
                              class="accent-ink"
                              href="${address(url)}"
                              style="color:${light.accent}"
                              >${label}</a
                            >`,
                      )}
                    </p>
                  </td>
                </tr>
                <tr>
                  <td class="soft" style="padding:16px 4px 0;color:${light.soft};font-size:13px">
                    ${
                      content.code === undefined
                        ? ''
                        : html`<div style="padding:0 0 10px">${letterhead(brand, content.siteName)}</div>`
                    }
                    ${footer(content, t)}
                  </td>
                </tr>
              </table>
              ${forOutlook.close}
            </td>
          </tr>
        </table>
      </body>
    </html> `.toString();

/** A code is the heading itself. */
const heading = ({ code, heading: words, subject }: MailContent) =>
  code === undefined
    ? html`<h1
        class="ink"
        dir="auto"
        style="margin:0 0 20px;color:${light.ink};font-size:24px;line-height:1.25;font-weight:600"
      >
        ${words ?? subject}
      </h1>`
    : html`<h1
        class="ink"
        dir="ltr"
        style="margin:0 0 20px;color:${light.ink};font:600 36px/1.2 ${mono};letter-spacing:4px"
      >
        ${code}
      </h1>`;
