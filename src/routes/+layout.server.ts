import * as settings from '$lib/server/settings';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals: { ctx } }) => ({
  locale: ctx.locale,
  timeZone: ctx.timeZone,
  now: ctx.now,
  siteName: (await settings.appearance(ctx)).siteName,
  viewer: ctx.actor && {
    name: ctx.actor.name,
    guest: ctx.actor.kind === 'guest',
    administrator: ctx.actor.administrator,
  },
});
