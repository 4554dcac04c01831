import { json } from '@sveltejs/kit';
import * as settings from '$lib/server/settings';

export const GET = async ({ locals: { ctx } }) => {
  const ok = await settings.healthy(ctx).catch(() => false);
  return json(
    { status: ok ? 'ok' : 'unavailable' },
    { status: ok ? 200 : 503, headers: { 'cache-control': 'no-store' } },
  );
};
