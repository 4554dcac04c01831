import * as files from '$lib/server/files';
import { answer, rawBody } from '$lib/server/http';

export const PUT = (event) =>
  answer(
    event,
    async (ctx) => {
      await files.thumbnail(ctx, event.params.file, rawBody(event.request));
      return new Response(null, { status: 204 });
    },
    true,
  );
