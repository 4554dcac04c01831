import * as spaces from '$lib/server/spaces';
import { comment } from '$lib/schemas';
import { randomId } from '$lib/server/crypto';
import { form, show } from '$lib/server/http';
import * as threads from '$lib/server/threads';

export const load = (event) =>
  show(event, async (ctx) => ({
    ...(await threads.read(
      ctx,
      Number(event.params.id),
      Number(event.params.thread),
      Number(event.url.searchParams.get('after')) || 0,
    )),
    requestKey: randomId(),
  }));

export const actions = {
  default: form(
    comment,
    async (ctx, input, { params }) => {
      const after = await threads.addComment(ctx, Number(params.id), Number(params.thread), input);
      return `/spaces/${params.id}/threads/${params.thread}${after ? `?after=${after}` : ''}#last`;
    },
    spaces.reaches,
  ),
};
