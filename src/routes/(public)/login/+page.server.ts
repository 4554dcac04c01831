import { redirect } from '@sveltejs/kit';
import { login, ownPath } from '$lib/schemas';
import * as accounts from '$lib/server/accounts';
import { randomToken } from '$lib/server/crypto';
import { form } from '$lib/server/http';
import * as settings from '$lib/server/settings';

export const load = async ({ locals: { ctx, cookieless }, url }) => {
  const next = ownPath(url.searchParams.get('next'));
  if (ctx.actor) redirect(303, next);
  // Whoever has just given the right password, and brings a cookie for it.
  const checked = url.searchParams.has('check');
  if (checked && ctx.cookies.get('foyer-step')) redirect(303, '/verify');
  if (!(await settings.appearance(ctx)).setUp && ctx.config.setupToken) redirect(303, '/setup');
  return {
    formKey: randomToken(),
    next,
    email: url.searchParams.get('email') ?? '',
    reset: url.searchParams.has('reset'),
    over: url.searchParams.has('over'),
    held: url.searchParams.has('held'),
    // Hooks lead here after a login without cookies: none has come back.
    blocked: checked && cookieless,
  };
};

export const actions = { default: form(login, accounts.login) };
