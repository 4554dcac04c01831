/**
 * How a mail looks: one letter, written as plain text and as HTML from the same parts, so that neither says more
 * than the other. Paper, ink, evergreen; no image, no remote resource, no tracking. Tables and inline styles, since
 * mail clients know little else; the style element only turns the colours round in the dark.
 */
import html, { safe, type HtmlSafeString } from 'escape-html-template-tag';
import type { Locale, Translate } from '../../messages';
import { manyLines } from './words';

export type Part =
  /** A paragraph of ours. */
  | { kind: 'text'; text: string }
  /** What a person typed: its line breaks are kept. */
  | { kind: 'words'; text: string }
  /** Six digits, unbroken. */
  | { kind: 'code'; code: string }
  /** The one button; the address once in full below it. */
  | { kind: 'link'; label: string; url: string }
  /** Labels and values. */
  | { kind: 'facts'; rows: (readonly [label: string, value: string])[] }
  /** What the events below it belong to. */
  | { kind: 'heading'; text: string }
  /** One of several things that happened: who did what, what they wrote, and where. */
  | { kind: 'event'; head: string; text: string; url: string };

export interface Letter {
  siteName: string;
  subject: string;
  /** What the list of mails shows beside the subject; empty: the letter's own beginning. */
  preheader: string;
  parts: Part[];
  /** Small print: what to do when it was not meant for the reader. */
  note: string;
  /** Below it: how not to get such mails. */
  links?: { label: string; url: string }[];
}

/** The plain text part. The address stands alone on its line; a code comes first when its part does. */
export function toText(letter: Letter, t: Translate): string {
  const parts = letter.parts.map((part) => {
    switch (part.kind) {
      case 'text':
        return part.text;
      case 'words':
        return manyLines(part.text);
      case 'code':
        return part.code;
      case 'link':
        return `${part.label}:\n${part.url}`;
      case 'facts':
        return part.rows.map(([label, value]) => `${label}: ${value}`).join('\n');
      case 'heading':
        return part.text;
      case 'event':
        return [part.head, manyLines(part.text), part.url].filter(Boolean).join('\n');
    }
  });
  const links = (letter.links ?? []).map(({ label, url }) => `${label}:\n${url}`);
  // "-- " alone on its line begins the signature (RFC 3676 §4.3).
  return (
    [...parts, letter.note, ...links, `-- \n${t('mail.footer', { site: letter.siteName })}`].join('\n\n') +
    '\n'
  );
}

// The tokens of app.css as hex, since mail clients know no oklch(); never six digits only, which would look like a code.
const light = { paper: '#fcf9f5', surface: '#ffffff', line: '#e4dfd7', ink: '#251d19', soft: '#5d534c' };
const dark = { paper: '#15120f', surface: '#1f1b18', line: '#37322e', ink: '#eeebe5', soft: '#b2ada6' };
const ours = { light: '#0e5e44', lightOn: '#f9fdfb', dark: '#71cda7', darkOn: '#071a13' };

const sans = `ui-sans-serif,system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Hiragino Sans','Noto Sans CJK JP',sans-serif`;
const mono = `ui-monospace,'SF Mono',Menlo,Consolas,'Liberation Mono',monospace`;

const style = safe(`
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
.paper{background:${dark.paper}!important}
.sheet{background:${dark.surface}!important;border-color:${dark.line}!important}
.ink{color:${dark.ink}!important}
.soft{color:${dark.soft}!important}
.rule{border-color:${dark.line}!important}
.ours{background:${ours.dark}!important}
.ours-on{color:${ours.darkOn}!important}
.ours-ink{color:${ours.dark}!important}
}
@media (max-width:480px){.sheet-pad{padding:24px 20px!important}.frame{padding:16px 8px!important}}
`);

/** An address of ours as it is (the escaping of `/` and `=` is correct, but not every mail client undoes it); else escaped. */
const address = (url: string): string | HtmlSafeString =>
  /^https?:\/\/[\w.:/~?=#%-]+$/.test(url) ? safe(url) : url;

const paragraph = (text: string | HtmlSafeString) =>
  html`<p class="ink" dir="auto" style="margin:0 0 18px;color:${light.ink}">${text}</p>`;

/** Blank lines part paragraphs; single line breaks stay. */
const paragraphs = (text: string) =>
  manyLines(text)
    .split(/\n\s*\n/)
    .map((lines) =>
      paragraph(html`${lines.split('\n').map((line, i) => (i === 0 ? html`${line}` : html`<br />${line}`))}`),
    );

function partHtml(part: Part, t: Translate): HtmlSafeString | HtmlSafeString[] {
  switch (part.kind) {
    case 'text':
      return paragraph(part.text);
    case 'words':
      return paragraphs(part.text);
    case 'code':
      return html`<p
        class="ink"
        dir="ltr"
        style="margin:0 0 22px;color:${light.ink};font:600 36px/1.2 ${safe(mono)};letter-spacing:4px"
      >
        ${part.code}
      </p>`;
    case 'link':
      return html`<table
          role="presentation"
          cellpadding="0"
          cellspacing="0"
          border="0"
          style="margin:6px 0 18px"
        >
          <tr>
            <td class="ours" bgcolor="${ours.light}" style="background:${ours.light};border-radius:10px">
              <a
                class="ours-on"
                href="${address(part.url)}"
                style="display:inline-block;padding:13px 22px;color:${ours.lightOn};font-weight:600;text-decoration:none"
                >${part.label}</a
              >
            </td>
          </tr>
        </table>
        <p class="soft" style="margin:0 0 20px;color:${light.soft};font-size:13px">
          ${t('mail.link-fallback')}<br /><a
            class="ours-ink"
            dir="ltr"
            href="${address(part.url)}"
            style="color:${ours.light};word-break:break-all"
            >${address(part.url)}</a
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
        ${part.rows.map(
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
        ${part.text}
      </h2>`;
    case 'event':
      return html`<div
        class="rule"
        style="margin:0 0 18px;padding:0 0 0 14px;border-left:3px solid ${light.line};border-inline-start:3px solid ${light.line}"
      >
        <p class="soft" dir="auto" style="margin:0 0 6px;color:${light.soft};font-size:13px">${part.head}</p>
        ${part.text ? paragraphs(part.text) : ''}
        <p style="margin:${part.text ? '-8px' : '0'} 0 0;font-size:13px">
          <a
            class="ours-ink"
            dir="ltr"
            href="${address(part.url)}"
            style="color:${ours.light};word-break:break-all"
            >${address(part.url)}</a
          >
        </p>
      </div>`;
  }
}

/** The HTML part: readable with images off, without the style element, and in the dark. */
export const toHtml = (letter: Letter, locale: Locale, t: Translate): string =>
  html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <meta name="format-detection" content="telephone=no,date=no,address=no,email=no" />
        <title>${letter.subject}</title>
        <style>
          ${style}
        </style>
      </head>
      <body class="paper" style="margin:0;padding:0;background:${light.paper}">
        ${
          letter.preheader &&
          html`<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${letter.preheader}</div>`
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
              <table
                role="presentation"
                width="100%"
                cellpadding="0"
                cellspacing="0"
                border="0"
                style="max-width:580px;text-align:left;text-align:start;font:16px/1.55 ${safe(sans)};word-break:break-word"
              >
                <tr>
                  <td style="padding:0 4px 16px">
                    <table role="presentation" cellpadding="0" cellspacing="0" border="0">
                      <tr>
                        <td
                          class="ours"
                          width="16"
                          height="20"
                          bgcolor="${ours.light}"
                          style="width:16px;height:20px;background:${ours.light};border-radius:8px 8px 0 0;font-size:0;line-height:0"
                        >
                          &nbsp;
                        </td>
                        <td
                          class="ink"
                          dir="auto"
                          style="padding-left:10px;color:${light.ink};font-weight:600"
                        >
                          ${letter.siteName}
                        </td>
                      </tr>
                    </table>
                  </td>
                </tr>
                <tr>
                  <td
                    class="sheet sheet-pad"
                    bgcolor="${light.surface}"
                    style="padding:34px 36px 18px;background:${light.surface};border:1px solid ${light.line};border-radius:16px"
                  >
                    <h1
                      class="ink"
                      dir="auto"
                      style="margin:0 0 20px;color:${light.ink};font-size:24px;line-height:1.25;font-weight:600"
                    >
                      ${letter.subject}
                    </h1>
                    ${letter.parts.map((part) => html`${partHtml(part, t)} `)}
                    <p
                      class="soft rule"
                      dir="auto"
                      style="margin:8px 0 16px;padding-top:16px;border-top:1px solid ${light.line};color:${light.soft};font-size:13px"
                    >
                      ${letter.note}
                      ${(letter.links ?? []).map(
                        ({ label, url }) =>
                          html`<br /><a class="ours-ink" href="${address(url)}" style="color:${ours.light}"
                              >${label}</a
                            >`,
                      )}
                    </p>
                  </td>
                </tr>
                <tr>
                  <td class="soft" style="padding:16px 4px 0;color:${light.soft};font-size:13px">
                    ${t('mail.footer', { site: letter.siteName })}
                  </td>
                </tr>
              </table>
            </td>
          </tr>
        </table>
      </body>
    </html> `.toString();
