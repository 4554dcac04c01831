import { answer } from '$lib/server/http';
import * as templates from '$lib/server/space-templates';

/** A template as a file to be taken along. */
export const GET = (event) =>
  answer(event, async (ctx) => {
    const { name, text } = await templates.exportFile(ctx, event.params.template);
    // RFC 6266: the plain name for those who read nothing else, the whole one in UTF-8.
    const plain = name.normalize('NFD').replace(/[^\w.-]+/g, '') || 'foyer-template.json';
    return new Response(text, {
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`,
      },
    });
  });
