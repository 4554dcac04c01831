import { json } from '@sveltejs/kit';
import * as settings from '$lib/server/settings';
import { version } from '../../../../package.json';

export const GET = async ({ locals: { ctx } }) => {
  const ok = await settings.healthy(ctx).catch(() => false);
  return json(
    { status: ok ? 'ok' : 'unavailable', version },
    { status: ok ? 200 : 503, headers: { 'cache-control': 'no-store' } },
  );
};
