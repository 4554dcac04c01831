import * as accounts from '$lib/server/accounts';
import { answer } from '$lib/server/http';

export const GET = (event) =>
  answer(event, async (ctx) => {
    const lines = accounts.guestsCsv(ctx);
    return new Response(lines.pipeThrough(new TextEncoderStream()), {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="guests.csv"',
      },
    });
  });
