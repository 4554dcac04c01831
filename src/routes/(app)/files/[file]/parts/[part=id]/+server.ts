import * as body from '$lib/server/body';
import * as files from '$lib/server/files';
import { answer } from '$lib/server/http';

export const PUT = (event) =>
  answer(
    event,
    async (ctx) => {
      const { file, part } = event.params;
      await files.uploadPart(ctx, file, Number(part), body.raw(event.request));
      return new Response(null, { status: 204 });
    },
    true,
  );
