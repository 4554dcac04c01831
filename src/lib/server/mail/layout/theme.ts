/**
 * app.css in hex: mail clients do not know oklch(). No colour is six digits, which would look like a code.
 * The only place with the site's colours.
 */
import { safe } from 'escape-html-template-tag';

export const light = {
  paper: '#fcf9f5',
  surface: '#ffffff',
  line: '#e4dfd7',
  ink: '#251d19',
  soft: '#5d534c',
  accent: '#0e5e44',
  onAccent: '#f9fdfb',
};
const dark: typeof light = {
  paper: '#15120f',
  surface: '#1f1b18',
  line: '#37322e',
  ink: '#eeebe5',
  soft: '#b2ada6',
  accent: '#71cda7',
  onAccent: '#071a13',
};

/** What a company's own colour replaces (brand.ts). */
export const accents = [light.accent, light.onAccent, dark.accent, dark.onAccent];

/** The width of the sheet with its margin, which classic Outlook has to be told by a table. */
export const WIDTH = 600;

export const sans = safe(
  `ui-sans-serif,system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Hiragino Sans','Noto Sans CJK JP',Arial,sans-serif`,
);
export const mono = safe(`ui-monospace,'SF Mono',Menlo,Consolas,'Liberation Mono',monospace`);

/** A line where reading begins; programs without logical properties draw it on the left. */
export const edge = `border:0 solid ${light.line};border-width:0 0 0 3px;border-inline-width:3px 0`;

/** Only what inline styles cannot do: dark mode and narrow screens. */
export const styleSheet = safe(`
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
.paper{background:${dark.paper}!important}
.sheet{background:${dark.surface}!important;border-color:${dark.line}!important}
.ink{color:${dark.ink}!important}
.soft{color:${dark.soft}!important}
.rule{border-color:${dark.line}!important}
.accent{background:${dark.accent}!important}
.on-accent{color:${dark.onAccent}!important}
.accent-ink{color:${dark.accent}!important}
.logo{background:${light.surface}!important;padding:4px 6px!important}
}
@media (max-width:480px){.sheet-pad{padding:24px 20px!important}.frame{padding:16px 8px!important}}
`);

/** Classic Outlook renders with Word: an unknown first font becomes Times, and it ignores max-width. */
export const forOutlook = {
  head: safe(
    '<!--[if mso]><xml><o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml>' +
      '<style>table{border-collapse:collapse}body,table,td,p,a,h1,h2,h3,h4,h5,h6,li,span{font-family:Arial,sans-serif!important}' +
      'pre,code{font-family:Consolas,monospace!important}</style><![endif]-->',
  ),
  open: safe(
    `<!--[if mso]><table role="presentation" align="center" width="${WIDTH}" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->`,
  ),
  close: safe('<!--[if mso]></td></tr></table><![endif]-->'),
};
