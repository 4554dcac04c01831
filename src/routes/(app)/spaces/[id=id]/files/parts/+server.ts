import * as v from 'valibot';
import { upload } from '$lib/schemas';
import * as access from '$lib/server/access';
import * as body from '$lib/server/body';
import { Refusal } from '$lib/server/errors';
import * as files from '$lib/server/files';
import { answer } from '$lib/server/http';

/** Begins an upload in parts, or finds the one that was begun. */
export const POST = (event) =>
  answer(
    event,
    async (ctx) => {
      await access.membersOnly(ctx, event.params);
      const { success, output } = v.safeParse(upload, await body.json(event.request));
      if (!success) throw new Refusal('invalid', { key: 'form.unreadable' });
      return Response.json(await files.beginUpload(ctx, Number(event.params.id), output), { status: 201 });
    },
    true,
  );
