import { create as attachment } from 'content-disposition';
import * as blobs from '$lib/server/blobs';
import { answer } from '$lib/server/http';
import * as templates from '$lib/server/space-templates';

export const GET = (event) =>
  answer(event, async (ctx) => {
    const { name, text } = await templates.exportFile(ctx, event.params.template);
    return new Response(text, {
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'content-disposition': attachment(blobs.safeName(name)),
      },
    });
  });
