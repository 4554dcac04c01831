import * as body from '$lib/server/body';
import * as files from '$lib/server/files';
import { answer } from '$lib/server/http';

/** A raw body. `?name=` is the file's name, `?kind=cover` its purpose. */
export const POST = (event) =>
  answer(
    event,
    async (ctx) => {
      const { params, request, url } = event;
      const kind = url.searchParams.get('kind') === 'cover' ? 'cover' : 'attachment';
      const name = url.searchParams.get('name') ?? '';
      const made = await files.upload(ctx, Number(params.id), { kind, name, ...body.raw(request) });
      return Response.json(made, { status: 201 });
    },
    true,
  );
