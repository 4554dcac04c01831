import * as accounts from '$lib/server/accounts';
import { answer } from '$lib/server/http';

export const GET = (event) =>
  answer(
    event,
    async (ctx) =>
      new Response(await accounts.exported(ctx, event.url.searchParams.get('files')), {
        headers: {
          'content-type': 'application/zip',
          'content-disposition': 'attachment; filename="my-data.zip"',
        },
      }),
    true,
  );
