import { newVersion } from '$lib/schemas';
import { randomId } from '$lib/server/crypto';
import * as files from '$lib/server/files';
import { form, show } from '$lib/server/http';
import * as threads from '$lib/server/threads';

const at = ({ id, file }: { id: string; file: string }) => [Number(id), file] as const;

export const load = (event) =>
  show(event, async (ctx) => ({
    ...(await files.versions(ctx, ...at(event.params), event.url.searchParams.get('after'))),
    requestKey: randomId(),
    saved: event.url.searchParams.get('done') === 'version',
  }));

export const actions = {
  default: form(
    newVersion,
    async (ctx, input, { params }) => {
      const id = await threads.replaceFile(ctx, ...at(params), input);
      return `/spaces/${params.id}/files/${id}?done=version`;
    },
    (ctx, params) => threads.requireReplaceable(ctx, ...at(params)),
  ),
};
