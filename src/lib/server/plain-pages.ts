/** For refusals before SvelteKit renders a page. Needs neither SvelteKit nor the database. Scripts get the same sentence. */
import html from 'escape-html-template-tag';
import Negotiator from 'negotiator';
import { defaultLocale, isLocale, loadTranslator, locales, type Locale, type MessageKey } from '../messages';

/** Reads only the beginning of the header; nobody lists more languages. "*" names none. */
export function askedLocale(request: Request): Locale | undefined {
  const ranges = (request.headers.get('accept-language') ?? '').slice(0, 1_000).split(',');
  const header = ranges.filter((range) => !range.trim().startsWith('*')).join(',');
  const [found] = new Negotiator({ headers: { 'accept-language': header } }).languages(locales);
  return isLocale(found) ? found : undefined;
}

export const takesPages = (request: Request): boolean =>
  request.headers.get('accept')?.includes('text/html') ?? false;

/** On every answer: ours, SvelteKit's or a file's. worker.ts calls it last. */
export function secured(answer: Response, request: Request): Response {
  // A socket is no page, and only this answer has it.
  if (answer.webSocket) return answer;
  const whole = new Response(answer.body, answer);
  const { headers } = whole;
  headers.set('referrer-policy', 'same-origin');
  headers.set('x-content-type-options', 'nosniff');
  headers.set('x-frame-options', 'DENY');
  headers.set('x-robots-tag', 'noindex, nofollow');
  headers.set('cross-origin-opener-policy', 'same-origin');
  headers.set('permissions-policy', 'camera=(), microphone=(), geolocation=()');
  if (!headers.has('content-security-policy'))
    headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  // Pages are personal, have a secret address, or contain a nonce: never cached. Only successful answers may set their own.
  const exists = answer.ok || answer.status === 304;
  if (!exists || !headers.has('cache-control')) headers.set('cache-control', 'no-store');
  if (new URL(request.url).protocol === 'https:')
    headers.set('strict-transport-security', 'max-age=31536000');
  return whole;
}

const STYLE = html`:root{color-scheme:light dark;--paper:light-dark(oklch(98.4% .006 85),oklch(18.5% .008
60)); --surface:light-dark(#fff,oklch(22.5% .009 60));--line:light-dark(oklch(90.5% .012 80),oklch(32% .01
60)); --ink:light-dark(oklch(24% .015 55),oklch(94% .008 80));--soft:light-dark(oklch(45% .017 58),oklch(75%
.012 75)); --ours:light-dark(oklch(43% .085 165),oklch(78% .105 165));--on:light-dark(oklch(99% .005
165),oklch(20% .03 165)); --guest:light-dark(oklch(50% .115 62),oklch(82% .115 75))}
*{box-sizing:border-box;margin:0}body{background:var(--paper);color:var(--ink);overflow-wrap:anywhere;
font:.9375rem/1.55 ui-sans-serif,system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif}
header{padding:.5rem 1.5rem;border-bottom:1px solid var(--line);background:var(--surface)} header
a{display:inline-flex;align-items:center;min-height:2.75rem;min-width:2.75rem}
main{display:grid;gap:1rem;max-width:29rem;margin:auto;padding:3rem 1.5rem} h1{font-size:clamp(1.75rem,1.4rem
+ 1.6vw,2.25rem);line-height:1.2;letter-spacing:-.018em;font-weight:640} p{color:var(--soft)}main
a{display:grid;place-items:center;min-height:2.75rem;padding:.5rem 1rem;border-radius:10px;
background:var(--ours);color:var(--on);font-weight:560;text-align:center;text-decoration:none}
:focus-visible{outline:3px solid var(--ours);outline-offset:2px}`;

const LOGO = html`<svg width="26" height="26" viewBox="0 0 24 24" aria-hidden="true">
  <path d="M4 22V11a8 8 0 0 1 16 0v11h-5v-9.5a3 3 0 0 0-6 0V22z" fill="var(--ours)" />
  <circle cx="12" cy="18.2" r="1.7" fill="var(--guest)" />
</svg>`;

export async function plainPage(
  request: Request,
  status: number,
  key: MessageKey,
  params: Record<string, string> = {},
  way: { href: string; text?: string; again?: boolean } = { href: '/' },
): Promise<Response> {
  const locale = askedLocale(request) ?? defaultLocale;
  const t = await loadTranslator(locale);
  const message = t(key, params);
  if (request.headers.get('x-sveltekit-action') || !takesPages(request))
    return Response.json({ type: 'error', status, error: { message }, message }, { status });
  const nonce = crypto.randomUUID();
  const title = t(status < 500 ? 'error.refused-title' : 'error.title');
  const page = html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style nonce="${nonce}">
          ${STYLE}
        </style>
      </head>
      <body>
        <header><a href="/" aria-label="${t('error.home')}">${LOGO}</a></header>
        <main>
          <h1>${title}</h1>
          <p>${message}</p>
          <a href="${way.href}">${way.text ?? t(way.again ? 'error.again' : 'error.home')}</a>
        </main>
      </body>
    </html>`;
  return new Response(request.method === 'HEAD' ? null : String(page), {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
    },
  });
}
