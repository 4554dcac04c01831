import { answer } from '$lib/server/http';
import * as live from '$lib/server/live';

export const GET = (event) =>
  answer(event, (ctx) => live.enter(ctx, Number(event.params.id), event.request.headers.get('upgrade')));
