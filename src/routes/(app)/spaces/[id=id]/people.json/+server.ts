import { json } from '@sveltejs/kit';
import { answer } from '$lib/server/http';
import * as mentions from '$lib/server/mentions/completion';

/** For completion after `@`. */
export const GET = (event) =>
  answer(event, async (ctx) =>
    json(await mentions.complete(ctx, Number(event.params.id), event.url.searchParams.get('q') ?? '')),
  );
