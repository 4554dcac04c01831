import { dateLocale } from '$lib/dates';
import * as settings from '$lib/server/settings';
import type { LayoutServerLoad } from './$types';

// Reads the address, so that every navigation reloads this: the clock, and the language after a change.
export const load: LayoutServerLoad = async ({ locals: { ctx, pseudo }, request, url }) => {
  const { siteName, company, logo, stylesheet, loginText, privacyUrl, termsUrl } =
    await settings.appearance(ctx);
  return {
    path: url.pathname + url.search,
    locale: ctx.locale,
    dates: dateLocale(ctx.locale, request.headers.get('accept-language')),
    pseudo,
    timeZone: ctx.timeZone,
    now: ctx.now,
    siteName,
    company,
    logo,
    stylesheet,
    loginText,
    privacyUrl,
    termsUrl,
    origin: ctx.config.origin,
    viewer: ctx.actor && {
      id: ctx.actor.id,
      name: ctx.actor.name,
      avatar: ctx.actor.avatar,
      guest: ctx.actor.kind === 'guest',
      administrator: ctx.actor.administrator,
      browserTimeZone: ctx.actor.browserTimeZone,
    },
  };
};
