import { redirect } from '@sveltejs/kit';
import { login, ownPath } from '$lib/schemas';
import * as accounts from '$lib/server/accounts';
import { randomToken } from '$lib/server/crypto';
import { formPublic } from '$lib/server/http';
import * as typedAddress from '$lib/server/typed-address';
import * as settings from '$lib/server/settings';

/** Public pages set a cookie: a visitor from one of our pages without it has cookies off. */
const cameFromHere = (headers: Headers, origin: string): boolean =>
  headers.get('sec-fetch-site') === 'same-origin' || !!headers.get('referer')?.startsWith(`${origin}/`);

export const load = async ({ locals: { ctx, cookieless }, request, url }) => {
  const next = ownPath(url.searchParams.get('next'));
  if (ctx.actor) redirect(303, next);
  if (!(await settings.appearance(ctx)).setUp && ctx.config.setupToken) redirect(303, '/setup');
  return {
    formKey: randomToken(),
    next,
    email: url.searchParams.get('email') ?? (await typedAddress.read(ctx)),
    done: url.searchParams.get('done'),
    outside: ctx.outside ? ctx.ip : null,
    erased: url.searchParams.get('erased'),
    blocked: cookieless && cameFromHere(request.headers, ctx.config.origin),
  };
};

export const actions = {
  default: formPublic(login, accounts.login, undefined, {
    judge: (ctx, { email }) => typedAddress.keep(ctx, email),
  }),
};
