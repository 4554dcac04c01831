import { answer } from '$lib/server/http';
import { previewed } from '$lib/server/mail-log';
import { previewResponse } from '$lib/server/mail/preview';

export const GET = (event) =>
  answer(event, async (ctx) => previewResponse(await previewed(ctx, event.params.preview)));
