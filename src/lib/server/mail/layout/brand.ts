/** The host's face in a mail. It is put in when the mail leaves, so one that waited has the face of today. */
import html, { type HtmlSafeString } from 'escape-html-template-tag';
import { shadesOf } from '../../../accent';
import { hostOf } from '../../../brand';
import type { MailTexts } from '../../../mail-texts';
import { address } from './blocks';
import { accents, light } from './theme';

export interface Brand {
  /** Empty: the site's name. */
  company: string;
  /** `#rrggbb`; null: evergreen. */
  accent: string | null;
  /** The same address in every mail, so that it tells nothing about who reads it. */
  logo: { url: string; width: number; height: number } | null;
  /** The site's own words. */
  texts?: MailTexts;
}

export const noBrand: Brand = { company: '', accent: null, logo: null };

const HEIGHT = 28;

export const letterhead = ({ company, logo }: Brand, siteName: string): HtmlSafeString =>
  html`<table role="presentation" cellpadding="0" cellspacing="0" border="0">
    <tr>
      ${
        logo
          ? html`<td class="logo" style="border-radius:6px">
              <img
                src="${address(logo.url)}"
                width="${widthOf(logo)}"
                height="${HEIGHT}"
                alt=""
                style="display:block;border:0;width:${widthOf(logo)}px;height:${HEIGHT}px"
              />
            </td>`
          : html`<td
              class="accent"
              width="16"
              height="20"
              bgcolor="${light.accent}"
              style="width:16px;height:20px;background:${light.accent};border-radius:8px 8px 0 0;font-size:0;line-height:0"
            >
              &nbsp;
            </td>`
      }
      <td class="ink" dir="auto" style="padding-left:10px;color:${light.ink};font-weight:600">
        ${hostOf(siteName, company || siteName)}
      </td>
    </tr>
  </table>`;

const widthOf = ({ width, height }: { width: number; height: number }): number =>
  Math.min(200, Math.max(1, Math.round((width / height) * HEIGHT)));

/** Only in styles: words of people that look like a colour stay. */
export function inColours(mail: string, { accent }: Brand): string {
  if (!accent) return mail;
  const { light, dark } = shadesOf(accent);
  const own = [light.ours, light.on, dark.ours, dark.on].map(notLikeACode);
  return mail.replace(/ (style|bgcolor)="[^"]*"|<style>[\s\S]*?<\/style>/g, (styles) =>
    accents.reduce((text, ours, i) => text.replaceAll(ours, own[i]!), styles),
  );
}

/** Six digits could be taken for a verification code; a little more blue is not seen. */
const notLikeACode = (hex: string): string => (/^#\d{6}$/.test(hex) ? `${hex.slice(0, 6)}a` : hex);
