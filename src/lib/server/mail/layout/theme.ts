/** app.css in hex: mail clients do not know oklch(). No colour is six digits, which would look like a code. */
import { safe } from 'escape-html-template-tag';

export const light = {
  paper: '#fcf9f5',
  surface: '#ffffff',
  line: '#e4dfd7',
  ink: '#251d19',
  soft: '#5d534c',
};
const dark = { paper: '#15120f', surface: '#1f1b18', line: '#37322e', ink: '#eeebe5', soft: '#b2ada6' };
export const accent = { light: '#0e5e44', lightOn: '#f9fdfb', dark: '#71cda7', darkOn: '#071a13' };

export const sans = safe(
  `ui-sans-serif,system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Hiragino Sans','Noto Sans CJK JP',sans-serif`,
);
export const mono = safe(`ui-monospace,'SF Mono',Menlo,Consolas,'Liberation Mono',monospace`);

/** Only what inline styles cannot do: dark mode and narrow screens. */
export const styleSheet = safe(`
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
.paper{background:${dark.paper}!important}
.sheet{background:${dark.surface}!important;border-color:${dark.line}!important}
.ink{color:${dark.ink}!important}
.soft{color:${dark.soft}!important}
.rule{border-color:${dark.line}!important}
.accent{background:${accent.dark}!important}
.on-accent{color:${accent.darkOn}!important}
.accent-ink{color:${accent.dark}!important}
}
@media (max-width:480px){.sheet-pad{padding:24px 20px!important}.frame{padding:16px 8px!important}}
`);
