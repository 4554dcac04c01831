import * as files from '$lib/server/files';
import { answer } from '$lib/server/http';

/** Which parts of a file are there. */
export const GET = (event) =>
  answer(event, async (ctx) => Response.json(await files.arrivedParts(ctx, event.params.file)), true);

/** All are sent: joins them. */
export const POST = (event) =>
  answer(
    event,
    async (ctx) => Response.json(await files.completeUpload(ctx, event.params.file), { status: 201 }),
    true,
  );

export const DELETE = (event) =>
  answer(
    event,
    async (ctx) => {
      await files.cancelUpload(ctx, event.params.file);
      return new Response(null, { status: 204 });
    },
    true,
  );
