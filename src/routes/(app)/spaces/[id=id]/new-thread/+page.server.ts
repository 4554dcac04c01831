import { thread } from '$lib/schemas';
import { randomId } from '$lib/server/crypto';
import { form, show } from '$lib/server/http';
import * as mentions from '$lib/server/mentions/completion';
import * as threads from '$lib/server/threads';

export const load = (event) =>
  show(event, async (ctx) => {
    return {
      ...(await threads.prepare(ctx, Number(event.params.id))),
      requestKey: randomId(),
      /** "Say hello" of a guest's first sight. */
      hello: event.url.searchParams.has('hello'),
    };
  });

export const actions = {
  default: form(
    thread,
    async (ctx, input, { params }) => {
      const id = await threads.begin(ctx, Number(params.id), input);
      return `/spaces/${params.id}/threads/${id}`;
    },
    threads.whereSeveral,
    {
      judge: threads.judgeThread,
      preview: (ctx, { body }, { params }) => mentions.previewOf(ctx, Number(params.id), body),
    },
  ),
};
