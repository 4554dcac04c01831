import * as guests from '$lib/server/guests';
import { answer } from '$lib/server/http';

export const GET = (event) =>
  answer(event, async (ctx) => {
    const lines = guests.exported(ctx, guests.filterOf(event.url.searchParams));
    return new Response(lines.pipeThrough(new TextEncoderStream()), {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="guests.csv"',
      },
    });
  });
