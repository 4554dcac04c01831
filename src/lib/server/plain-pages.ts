/** For refusals before SvelteKit renders a page. Needs neither SvelteKit nor the database. Scripts get the same sentence. */
import html from 'escape-html-template-tag';
import Negotiator from 'negotiator';
import { defaultLocale, isLocale, loadTranslator, locales, type Locale, type MessageKey } from '../messages';

/** Reads only the beginning of the header; nobody lists more languages. */
export function askedLocale(request: Request): Locale | undefined {
  const header = (request.headers.get('accept-language') ?? '').slice(0, 1_000);
  const [found] = new Negotiator({ headers: { 'accept-language': header } }).languages(locales);
  return isLocale(found) ? found : undefined;
}

/** On every answer: ours, SvelteKit's or a file's. worker.ts calls it last. */
export function secured(answer: Response, request: Request): Response {
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

const STYLE = `:root{color-scheme:light dark}body{max-width:34rem;margin:12vh auto;padding:0 1.5rem;
font:1.0625rem/1.6 system-ui,sans-serif}h1{font-size:1.6rem;line-height:1.25}a{color:inherit}`;

export async function plainPage(
  request: Request,
  status: number,
  key: MessageKey,
  params: Record<string, string> = {},
  way: { href: string; text?: string } = { href: '/' },
): Promise<Response> {
  const locale = askedLocale(request) ?? defaultLocale;
  const t = await loadTranslator(locale);
  const message = t(key, params);
  if (request.headers.get('x-sveltekit-action') || !request.headers.get('accept')?.includes('text/html'))
    return Response.json({ type: 'error', status, error: { message }, message }, { status });
  const nonce = crypto.randomUUID();
  const title = t('error.refused-title');
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
        <main>
          <h1>${title}</h1>
          <p>${message}</p>
          <p><a href="${way.href}">${way.text ?? t('error.home')}</a></p>
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
