import * as appearance from '$lib/server/appearance';
import { answerPublic } from '$lib/server/http';

export const GET = (event) =>
  answerPublic(event, (ctx) => appearance.logo(ctx, event.url.searchParams.get('v')));
