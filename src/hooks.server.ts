/** Every request, in order: configuration → origin → context → session → language → access by route group → headers. */
import {
  isRedirect,
  json,
  redirect,
  type Handle,
  type HandleServerError,
  type RequestEvent,
} from '@sveltejs/kit';
import Negotiator from 'negotiator';
import { isLocale, locales, type Locale, type MessageKey } from '$lib/messages';
import { isTimeZone } from '$lib/schemas';
import {
  createContext,
  Misconfigured,
  readConfig,
  type Config,
  type CookieJar,
  type Env,
} from '$lib/server/context';
import { log } from '$lib/server/log';
import { can } from '$lib/server/policy';
import * as invitations from '$lib/server/invitations';
import * as sessions from '$lib/server/sessions';
import * as settings from '$lib/server/settings';

/** What a route group asks for. A route in no group of this table is refused (default deny). */
const groups: Record<string, (event: RequestEvent) => 'open' | 'login' | 'refuse'> = {
  '(public)': () => 'open',
  '(pending)': ({ locals }) => (locals.ctx.cookies.get('foyer-step') ? 'open' : 'login'),
  '(app)': ({ locals }) => (locals.ctx.actor ? 'open' : 'login'),
  '(admin)': ({ locals }) =>
    !locals.ctx.actor ? 'login' : can(locals.ctx.actor, 'site.administer') ? 'open' : 'refuse',
  dev: ({ locals, request }) =>
    locals.ctx.config.local && request.headers.get('host') === new URL(locals.ctx.config.origin).host
      ? 'open'
      : 'refuse',
};

const handleRequest: Handle = async ({ event, resolve }) => {
  const { request, url, route } = event;
  const env = event.platform!.env;
  const config = readConfig(env);

  if (!isOwnOrigin(request, url, config))
    return new Response('This request did not come from a page of this site.', { status: 403 });

  // No API yet. Nobody is signed in here by a cookie, since requests to it are not asked where they come from.
  if (isApi(url)) return json({ message: 'Not found' }, { status: 404 });

  const { ctx } = (event.locals = { refused: false, ctx: contextOf(event, env, config) });
  await sessions.resume(ctx);
  if (isLocale(ctx.actor?.locale)) ctx.locale = ctx.actor.locale;
  else if (!ctx.actor && !ctx.askedLocale && route.id === '/(public)/signup/[token]')
    ctx.locale = (await invitations.languageOf(ctx, event.params.token!)) ?? ctx.locale;
  if (ctx.actor?.timeZone) ctx.timeZone = ctx.actor.timeZone;

  const group = route.id?.split('/')[1] ?? '';
  // An unknown path is nobody's secret to those who are in, and everybody's to those who are not.
  const access = route.id === null ? (ctx.actor ? 'open' : 'login') : (groups[group]?.(event) ?? 'refuse');
  if (access === 'login') {
    // A form that a script posts stays on its page with what was typed in it, and says what happened.
    if (request.headers.get('x-sveltekit-action')) return formFailure('login.ended');
    if (!(await settings.appearance(ctx)).setUp && ctx.config.setupToken) redirect(303, '/setup');
    redirect(303, `/login?next=${encodeURIComponent(url.pathname + url.search)}`);
  }
  event.locals.refused = access === 'refuse';
  if (access === 'refuse') {
    if (group === 'dev' || !groups[group]) return new Response('Not found', { status: 404 });
    // Pages are left to their loads, which answer with a 404 in the product's own clothes.
    if (!['GET', 'HEAD'].includes(request.method)) return new Response('Forbidden', { status: 403 });
  }

  return resolve(event, { transformPageChunk: ({ html }) => html.replace('%lang%', ctx.locale) });
};

export const handle: Handle = async (input) => {
  let response: Response;
  try {
    response = await handleRequest(input);
  } catch (thrown) {
    // A redirect of ours is answered here, so that it carries the headers too (as Kit does it for its data requests).
    if (isRedirect(thrown))
      response = input.event.isDataRequest
        ? json({ type: 'redirect', location: thrown.location })
        : new Response(null, { status: thrown.status, headers: { location: thrown.location } });
    else if (thrown instanceof Misconfigured) {
      log(`Foyer is not configured: ${thrown.message}`);
      response = new Response(`Foyer is not configured: ${thrown.message}.\nSee docs/deploy.md.\n`, {
        status: 503,
      });
    } else throw thrown;
  }
  const { headers } = response;
  headers.set('referrer-policy', 'same-origin');
  headers.set('x-content-type-options', 'nosniff');
  headers.set('x-frame-options', 'DENY');
  headers.set('cross-origin-opener-policy', 'same-origin');
  headers.set('permissions-policy', 'camera=(), microphone=(), geolocation=()');
  if (!headers.has('content-security-policy'))
    headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  // Nobody keeps a page: it is somebody's, or its address is a secret, or it carries a nonce.
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
  if (input.event.url.protocol === 'https:') headers.set('strict-transport-security', 'max-age=31536000');
  return response;
};

/** Kit's answer to a scripted post that failed, with one sentence for the whole form (devalue's format, written out). */
const formFailure = (key: MessageKey): Response =>
  json({
    type: 'failure',
    status: 401,
    data: JSON.stringify([{ values: 1, errors: 2 }, {}, { '': 3 }, { key: 4 }, key]),
  });

/** What is for programs. Its rule is its own: no check of the origin, and so no cookie either. */
const isApi = (url: URL): boolean => /^\/k(\/|$)/.test(url.pathname);

/** The one origin check: whatever changes state outside the API carries the configured origin (also JSON, also empty bodies). */
const isOwnOrigin = (request: Request, url: URL, config: Config): boolean =>
  ['GET', 'HEAD'].includes(request.method) ||
  isApi(url) ||
  request.headers.get('origin') === config.origin ||
  isOneClickUnsubscribe(request, url);

/**
 * The one exception: a mail provider's "Unsubscribe" (RFC 8058) is a post from no page at all. The token in the path is
 * the right to it, and stopping that person's notification mail is all that it can do. A browser's post from somewhere
 * else always says where from, so it is refused as ever.
 */
const isOneClickUnsubscribe = (request: Request, url: URL): boolean =>
  request.method === 'POST' &&
  !request.headers.has('origin') &&
  url.search === '' &&
  /^\/unsubscribe\/[a-z2-7]{48}$/.test(url.pathname);

function contextOf(event: RequestEvent, env: Env, config: Config) {
  const platform = event.platform!;
  const zone = platform.cf?.timezone;
  return createContext({
    env,
    config,
    waitUntil: (work) => platform.ctx.waitUntil(work),
    cookies: cookieJar(event, config),
    ip: event.request.headers.get('cf-connecting-ip') ?? '',
    userAgent: event.request.headers.get('user-agent') ?? '',
    locale: askedLocale(event.request),
    // Locally the platform's guess is a constant, far from here.
    timeZone: !config.local && zone && isTimeZone(zone) ? zone : 'UTC',
  });
}

/** `__Host-` and Secure on https; plain on http://localhost, where Secure cookies are not kept by every browser. */
function cookieJar(event: RequestEvent, config: Config): CookieJar {
  const secure = config.origin.startsWith('https:');
  const named = (name: string) => (secure ? `__Host-${name}` : name);
  const options = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const;
  return {
    get: (name) => event.cookies.get(named(name)),
    set: (name, value, maxAge) => event.cookies.set(named(name), value, { ...options, maxAge }),
    delete: (name) => event.cookies.delete(named(name), options),
  };
}

/** The language of ours that the browser asks for. */
function askedLocale(request: Request): Locale | undefined {
  const wanted = new Negotiator({
    headers: { 'accept-language': request.headers.get('accept-language') ?? '' },
  });
  const [found] = wanted.languages(locales);
  return isLocale(found) ? found : undefined;
}

export const handleError: HandleServerError = ({ error, event, status }) => {
  const id = crypto.randomUUID().slice(0, 8);
  if (status !== 404) log(`error ${id} at ${event.route.id ?? 'no route'}`, error);
  return { message: status === 404 ? 'Not found' : 'Something went wrong', id };
};
