import { parse } from '$lib/colour';
import * as appearance from '$lib/server/appearance';
import { Refusal } from '$lib/server/errors';
import { answer } from '$lib/server/http';
import { allow } from '$lib/server/policy';

export const GET = (event) =>
  answer(event, (ctx) => {
    allow(ctx, 'site.administer');
    const accent = parse(event.url.searchParams.get('accent') ?? '');
    if (!accent) throw new Refusal('invalid');
    return appearance.preview(ctx, accent);
  });
