import * as body from '$lib/server/body';
import * as files from '$lib/server/files';
import { answer } from '$lib/server/http';

/** The cover for a space that does not exist yet, as a raw body; `?name=` is the file's name. */
export const POST = (event) =>
  answer(
    event,
    async (ctx) => {
      const name = event.url.searchParams.get('name') ?? '';
      return Response.json(await files.uploadCover(ctx, { name, ...body.raw(event.request) }), {
        status: 201,
      });
    },
    true,
  );
