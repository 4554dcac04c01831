/** Every request in order: limits, configuration, host, origin, context, session, language, access by route group. */
import {
  isRedirect,
  json,
  redirect,
  type Handle,
  type HandleServerError,
  type RequestEvent,
} from '@sveltejs/kit';
import { isLocale, LOCALES, type MessageKey } from '$lib/messages';
import { isPseudo, PSEUDO, type Pseudo } from '$lib/messages/pseudo';
import { type Config, type CookieJar, type Env } from '$lib/server/context';
import { configOf, Misconfigured } from '$lib/server/context/config';
import { createContext } from '$lib/server/context/create';
import * as changeLimit from '$lib/server/change-limit';
import * as body from '$lib/server/body';
import { originalUrl, rejectOversized } from '$lib/server/request-limits';
import * as news from '$lib/server/news';
import * as pendingPost from '$lib/server/pending-post';
import { log, logRefusal } from '$lib/server/log';
import { askedLocale, plainPage } from '$lib/server/plain-pages';
import { can } from '$lib/server/policy';
import * as invitations from '$lib/server/invitations';
import * as sessions from '$lib/server/sessions';
import * as settings from '$lib/server/settings';
import { UNATTENDED } from '$lib/unattended';
import { today } from '$lib/zones';

// For src/worker.ts.
export { answer, consume, runCron } from '$lib/server/entry';

/** What each route group requires. Groups not listed are refused (default deny). */
const groups: Record<string, (event: RequestEvent) => 'open' | 'login' | 'over' | 'terms' | 'refuse'> = {
  '(assets)': () => 'open',
  '(public)': () => 'open',
  '(pending)': ({ locals }) => (locals.ctx.cookies.get('foyer-step') ? 'open' : 'over'),
  '(terms)': ({ locals: { ctx } }) => (!ctx.actor ? 'login' : ctx.termsDue ? 'open' : 'over'),
  '(app)': (event) =>
    !event.locals.ctx.actor ? 'login' : event.locals.ctx.termsDue && !isBeforeTerms(event) ? 'terms' : 'open',
  '(admin)': ({ locals }) =>
    !locals.ctx.actor ? 'login' : can(locals.ctx.actor, 'site.administer') ? 'open' : 'refuse',
  dev: ({ locals, request }) =>
    locals.ctx.config.local && request.headers.get('host') === new URL(locals.ctx.config.origin).host
      ? 'open'
      : 'refuse',
};

/** Whoever has yet to accept the terms may take their data along, and log out. */
const isBeforeTerms = ({ route, request, url }: RequestEvent): boolean =>
  (route.id === '/(app)/me/data.zip' && request.method === 'GET') ||
  (route.id === '/(app)/me' && request.method === 'POST' && url.search === '?/signOut');

const AS_GUEST = '/(app)/spaces/[id=id]/as/[guest]';

const handleRequest: Handle = async ({ event, resolve }) => {
  const { request, route } = event;
  const url = originalUrl(event.url);
  const turned = await rejectOversized(request);
  if (turned) return turned;
  const env = event.platform!.env;
  const config = configOf(env);

  if (isElsewhere(event, config)) redirect(307, config.origin + url.pathname + url.search);
  if (!isOwnOrigin(request, url, config)) {
    event.locals.refusal = 'elsewhere';
    return plainPage(
      request,
      403,
      'error.elsewhere',
      { origin: config.origin },
      { href: config.origin, text: config.origin },
    );
  }

  // No API yet. Cookies must not sign anybody in here, because the origin of these requests is not checked.
  if (isApi(url)) return json({ message: 'Not found' }, { status: 404 });

  const { ctx } = (event.locals = {
    refused: false,
    cookieless: !hasCookies(request),
    pseudo: config.local ? pseudoOf(event) : null,
    ctx: contextOf(event, env, config),
  });
  // Everybody gets the same, and may keep it: nobody's session is read or renewed, and no cookie set.
  if (route.id?.startsWith('/(assets)/')) return resolve(event);
  await sessions.resume(ctx);
  if (isLocale(ctx.actor?.locale)) ctx.locale = ctx.actor.locale;
  else if (!ctx.actor && !ctx.askedLocale && route.id === '/(public)/signup/[token]')
    // In parallel with the site's name, which every page needs anyway.
    [ctx.locale] = await Promise.all([
      invitations.languageOf(ctx, event.params.token!).then((found) => found ?? ctx.locale),
      settings.appearance(ctx),
    ]);
  ctx.browserZone =
    today(ctx.cookies.get('foyer-zone')) ?? today(ctx.actor?.browserTimeZone) ?? ctx.browserZone;
  ctx.timeZone = today(ctx.actor?.timeZone) ?? ctx.browserZone;

  const group = route.id?.split('/')[1] ?? '';
  // Unknown paths are 404 only when signed in; otherwise they lead to the login, like any other path.
  const access = route.id === null ? (ctx.actor ? 'open' : 'login') : (groups[group]?.(event) ?? 'refuse');
  // Nothing is due here; /verify would redirect back here again.
  if (access === 'over') redirect(303, ctx.actor ? '/' : '/login');
  if (access === 'terms') {
    if (request.headers.get('x-sveltekit-action')) return formFailure('terms.due', 403);
    // What was typed comes back behind the page that asks.
    if (isForm(request) && (await isAction(route.id, url)))
      await pendingPost.keep(ctx, () => pendingPost.read(request), url);
    redirect(303, `/terms?next=${encodeURIComponent(pendingPost.pageOf(url).page)}`);
  }
  if (access === 'login') {
    // A form posted by a script stays on its page with what was typed.
    if (request.headers.get('x-sveltekit-action')) return formFailure('login.ended');
    if (!(await settings.appearance(ctx)).setUp && ctx.config.setupToken) redirect(303, '/setup');
    const posted = isForm(request) && (await isAction(route.id, url));
    redirect(303, await pendingPost.toLogin(ctx, posted ? () => pendingPost.read(request) : null, url));
  }
  // A view as a guest only reads, whatever is posted there.
  if (route.id?.startsWith(AS_GUEST) && !['GET', 'HEAD'].includes(request.method))
    return request.headers.get('x-sveltekit-action')
      ? formFailure('viewing.read-only', 403)
      : plainPage(request, 403, 'viewing.read-only');
  event.locals.refused = access === 'refuse';
  if (access === 'refuse') {
    event.locals.refusal = 'forbidden';
    if (group === 'dev' || !groups[group]) return new Response('Not found', { status: 404 });
    if (request.headers.get('x-sveltekit-action')) return formFailure('error.forbidden', 403);
    // Page loads answer with the site's 404 page.
    if (!['GET', 'HEAD'].includes(request.method)) return new Response('Forbidden', { status: 403 });
  }

  // Without this cookie on the way back, the login page says that cookies are off.
  if (group === '(public)' && request.method === 'GET' && event.locals.cookieless)
    ctx.cookies.set('foyer-kept', '1', 30 * 86_400);
  const { pseudo } = event.locals;
  const direction = pseudo ? PSEUDO[pseudo] : LOCALES[ctx.locale].direction;
  const response = await resolve(await asShown(event), {
    transformPageChunk: ({ html }) => html.replace('%lang%', ctx.locale).replace('%dir%', direction),
  });
  if (!event.locals.pendingPost || response.status === 200) return response;
  // The kept post no longer fits this page: drop it and load the page without it.
  pendingPost.forget(ctx);
  redirect(303, url.pathname + url.search);
};

const pages = import.meta.glob<{ actions?: object }>('./routes/**/+page.server.ts');

/** SvelteKit looks actions up by name in a plain object, where inherited names would be found too. */
async function isAction(route: string | null, url: URL): Promise<boolean> {
  const { actions } = (await pages[`./routes${route}/+page.server.ts`]?.()) ?? {};
  const [named, ...more] = pendingPost.actionsIn(url);
  if (!actions || more.length || named === '/default') return false;
  return Object.hasOwn(actions, named === undefined ? 'default' : named.slice(1));
}

const FORMS = new Set(['application/x-www-form-urlencoded', 'multipart/form-data']);
const isForm = (request: Request): boolean => request.method === 'POST' && FORMS.has(body.typeOf(request));
const pseudoOf = (event: RequestEvent): Pseudo | null => {
  const asked = event.cookies.get('pseudo-locale');
  return isPseudo(asked) ? asked : null;
};

const hasCookies = (request: Request): boolean =>
  /(^|; ?)(__Host-)?foyer/.test(request.headers.get('cookie') ?? '');

const endpoints = import.meta.glob('./routes/**/+server.ts');
const isShared = (route: string | null): boolean =>
  `./routes${route}/+server.ts` in endpoints && `./routes${route}/+page.server.ts` in pages;

async function asShown(event: RequestEvent): Promise<RequestEvent> {
  const { request, url, route, locals, isDataRequest } = event;
  const { ctx } = locals;
  if (request.method === 'POST') {
    if (ctx.actor && route.id !== '/(terms)/terms') pendingPost.forget(ctx);
    if (isShared(route.id)) return accepting(event, 'application/json');
    if (pendingPost.actionsIn(url).length === 0 || (await isAction(route.id, url))) return event;
    const nothing = new URL('?/no-action', url);
    return { ...event, url: nothing, request: new Request(nothing, request) };
  }
  const plain = news.receive(ctx, url, !isDataRequest);
  const asked = plain === url ? event : { ...event, url: plain };
  const shown = isShared(route.id) && !isDataRequest ? accepting(asked, 'text/html') : asked;
  if (request.method !== 'GET' || isDataRequest) return shown;
  const waiting = await pendingPost.heldPostAt(ctx, url);
  if (!waiting) return shown;
  if (!(await isAction(route.id, waiting.url))) {
    pendingPost.forget(ctx);
    return event;
  }
  locals.pendingPost = true;
  const headers = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' };
  const again = new Request(waiting.url, { method: 'POST', headers, body: waiting.body });
  return { ...event, url: waiting.url, request: again };
}

/** Where a page without forms and an endpoint share an address, reads are for the page and posts for the endpoint, whatever is accepted. */
function accepting(event: RequestEvent, accept: string): RequestEvent {
  const headers = new Headers(event.request.headers);
  headers.set('accept', accept);
  return { ...event, request: body.withHeaders(event.request, headers) };
}

/** Under another host name cookies and posts fail. Monitoring (/healthz), local pages and the API answer under any. */
function isElsewhere({ request, url, route }: RequestEvent, config: Config): boolean {
  if (!['GET', 'HEAD'].includes(request.method) || isApi(url)) return false;
  if (route.id === '/(public)/healthz' || url.pathname === '/dev' || url.pathname.startsWith('/dev/'))
    return false;
  return (request.headers.get('host') ?? url.host) !== new URL(config.origin).host;
}

export const handle: Handle = async (input) => {
  try {
    const response = await handleRequest(input);
    const { refusal, ctx } = input.event.locals;
    if (refusal) logRefusal(ctx?.now ?? Date.now(), refusal, input.event.route.id, ctx?.actor?.id);
    return response;
  } catch (thrown) {
    // Redirects of ours get their cookies here; Kit only adds them to its own answers.
    if (isRedirect(thrown)) {
      const response = input.event.isDataRequest
        ? json({ type: 'redirect', location: thrown.location })
        : new Response(null, { status: thrown.status, headers: { location: thrown.location } });
      for (const cookie of cookiesOf.get(input.event) ?? []) response.headers.append('set-cookie', cookie);
      return response;
    }
    if (thrown instanceof Misconfigured) {
      log(`Foyer is not configured: ${thrown.message}`);
      return plainPage(input.event.request, 503, 'error.not-configured', { what: thrown.message });
    }
    // Without the database there is no session, so no page of SvelteKit's either.
    const { request, route, url } = input.event;
    const href = pendingPost.pageOf(originalUrl(url)).page;
    return plainPage(
      request,
      500,
      'error.unavailable',
      { id: reported(thrown, route.id) },
      { href, again: true },
    );
  }
};

/** Kit's answer to a failed scripted post, in devalue's format. */
const formFailure = (key: MessageKey, status = 401): Response =>
  json({
    type: 'failure',
    status,
    data: JSON.stringify([{ values: 1, errors: 2 }, {}, { '': 3 }, { key: 4 }, String(key)]),
  });

/** For programs. No origin check here, so no cookies either. */
const isApi = (url: URL): boolean => /^\/k(\/|$)/.test(url.pathname);

/**
 * The only origin check: every request outside the API that may change state must have our origin, whatever its body. So must the upgrade
 * to a WebSocket, whose answers another site could read.
 */
const isOwnOrigin = (request: Request, url: URL, config: Config): boolean =>
  (['GET', 'HEAD'].includes(request.method) && !/websocket/i.test(request.headers.get('upgrade') ?? '')) ||
  isApi(url) ||
  request.headers.get('origin') === config.origin ||
  isOneClickUnsubscribe(request, url) ||
  isSignedReport(request, url);

/**
 * The one exception: a mail provider's "Unsubscribe" (RFC 8058) has no origin, and the token in the path is its permission.
 * Browsers always send one, and are checked as usual.
 */
const isOneClickUnsubscribe = (request: Request, url: URL): boolean =>
  request.method === 'POST' &&
  !request.headers.has('origin') &&
  url.search === '' &&
  /^\/unsubscribe\/[a-z2-7]{48}$/.test(url.pathname);

/** A report of the mail service (mail-log/reports.ts): its signature over the body is its permission. Browsers send an origin. */
const isSignedReport = (request: Request, url: URL): boolean =>
  request.method === 'POST' &&
  !request.headers.has('origin') &&
  request.headers.has('signature') &&
  url.search === '' &&
  url.pathname === '/mail-events';

/** What open pages ask by themselves. */
const ASKING = new Set(['/(app)/news', '/(app)/spaces/[id=id]/changes', '/(app)/spaces/[id=id]/live']);

function contextOf(event: RequestEvent, env: Env, config: Config) {
  const platform = event.platform!;
  const zone = platform.cf?.timezone;
  return createContext({
    env,
    config,
    changeLimit,
    waitUntil: (work) => platform.ctx.waitUntil(work),
    cookies: cookieJar(event, config),
    ip: event.request.headers.get('cf-connecting-ip') ?? '',
    // Locally the platform makes both up.
    place: config.local ? {} : { city: platform.cf?.city, country: platform.cf?.country },
    unattended: ASKING.has(event.route.id ?? '') || event.request.headers.has(UNATTENDED),
    userAgent: event.request.headers.get('user-agent') ?? '',
    locale: askedLocale(event.request),
    timeZone: (!config.local && today(zone)) || 'UTC',
  });
}

/** `__Host-` and Secure on https only: not every browser keeps Secure cookies on http://localhost. */
function cookieJar(event: RequestEvent, config: Config): CookieJar {
  const https = config.origin.startsWith('https:');
  const named = (name: string) => (https ? `__Host-${name}` : name);
  const options = { path: '/', httpOnly: true, sameSite: 'lax', secure: https } as const;
  const written: string[] = [];
  // Taken now, because SvelteKit closes it with its answer, and a redirect may still set cookies after that.
  const { set } = event.cookies;
  cookiesOf.set(event, written);
  const write = (name: string, value: string, maxAge: number) => {
    set(name, value, { ...options, maxAge });
    written.push(event.cookies.serialize(name, value, { ...options, maxAge }));
  };
  return {
    get: (name) => event.cookies.get(named(name)),
    set: (name, value, maxAge) => write(named(name), value, maxAge),
    delete: (name) => write(named(name), '', 0),
  };
}
/** Cookies for answers that SvelteKit does not make, and so does not add them to. */
const cookiesOf = new WeakMap<RequestEvent, string[]>();

/** @returns the number by which the log has it */
function reported(error: unknown, route: string | null): string {
  const id = crypto.randomUUID().slice(0, 8);
  log(`error ${id} at ${route ?? 'no route'}`, error);
  return id;
}

const SENTENCES: Partial<Record<number, MessageKey>> = {
  400: 'error.unreadable',
  405: 'error.method',
  413: 'error.too-large',
  415: 'error.unreadable',
};

export const handleError: HandleServerError = ({ error, event, status }) => {
  // Bad requests get a sentence, and no entry in the log.
  const key = SENTENCES[status];
  const space = event.locals.ctx?.reached;
  if (key) return { message: 'This did not work', key, space };
  if (status === 404) return { message: 'Not found' };
  return { message: 'Something went wrong', id: reported(error, event.route.id), space };
};
