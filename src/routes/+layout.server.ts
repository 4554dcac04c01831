import * as settings from '$lib/server/settings';
import type { LayoutServerLoad } from './$types';

// The address is asked for so that every navigation loads this anew: the clock, and the language after it was changed.
export const load: LayoutServerLoad = async ({ locals: { ctx }, url }) => ({
  path: url.pathname + url.search,
  locale: ctx.locale,
  timeZone: ctx.timeZone,
  now: ctx.now,
  siteName: (await settings.appearance(ctx)).siteName,
  viewer: ctx.actor && {
    id: ctx.actor.id,
    name: ctx.actor.name,
    guest: ctx.actor.kind === 'guest',
    administrator: ctx.actor.administrator,
    browserTimeZone: ctx.actor.browserTimeZone,
  },
});
