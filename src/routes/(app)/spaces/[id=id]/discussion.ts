/** The forms of a thread, on its own page and, where it is the only one, on the space's. */
import type { RequestEvent } from '@sveltejs/kit';
import * as access from '$lib/server/access';
import type { SignedIn } from '$lib/server/context';
import { form } from '$lib/server/http';
import * as mentions from '$lib/server/mentions/completion';
import * as threads from '$lib/server/threads';
import { keepingList } from '$lib/pages';
import { byText, comment, editText, onOff, openText, react, tickTask } from '$lib/schemas';

interface Params extends Record<string, string | undefined> {
  id: string;
  thread?: string;
}
type Event = RequestEvent<Params & Record<string, string>>;

export const at = async (ctx: SignedIn, { id, thread }: Params) =>
  [Number(id), thread ? Number(thread) : await threads.only(ctx, Number(id))] as const;
/** @param text a comment, which it shows */
export const here = ({ params: { id, thread }, url }: Event, text: number | null = null) => {
  const path = `/spaces/${id}${thread ? `/threads/${thread}` : ''}`;
  return text === null
    ? keepingList(path, url)
    : `${keepingList(path, url, { comment: String(text) })}#comment-${text}`;
};

const preview = (ctx: SignedIn, { body }: { body: string }, { params }: Event) =>
  mentions.previewOf(ctx, Number(params.id), body);

export const discussion = {
  comment: form(
    comment,
    async (ctx, input, event: Event) =>
      `${here(event)}#comment-${await threads.addComment(ctx, ...(await at(ctx, event.params)), input)}`,
    access.membersOnly,
    { judge: threads.judgeComment, preview },
  ),
  edit: form(
    editText,
    async (ctx, { text, ...input }, event: Event) => {
      await threads.edit(ctx, ...(await at(ctx, event.params)), text, input);
      return here(event, text);
    },
    access.membersOnly,
    {
      judge: (ctx, valid, { params }: Event) => threads.judgeEdit(ctx, Number(params.id), valid),
      preview,
    },
  ),
  remove: form(
    byText,
    async (ctx, { text }, event: Event) => {
      const thread = await at(ctx, event.params);
      if (text !== null) await threads.removeComment(ctx, ...thread, text);
      else await threads.remove(ctx, ...thread);
      return text === null ? keepingList(`/spaces/${event.params.id}`, event.url) : here(event);
    },
    access.membersOnly,
  ),
  react: form(
    react,
    async (ctx, { text, kind, on }, event: Event) => {
      await threads.react(ctx, ...(await at(ctx, event.params)), text, kind, on);
      return here(event, text);
    },
    access.membersOnly,
  ),
  tick: form(
    tickTask,
    async (ctx, { text, task, seen }, event: Event) => {
      const [place, wanted] = task.split(':');
      const box = { task: Number(place), done: wanted === 'done', seen };
      await threads.tick(ctx, ...(await at(ctx, event.params)), text, box);
      return here(event, text);
    },
    access.membersOnly,
  ),
  open: form(
    openText,
    async (ctx, { text, seen }, event: Event) => {
      await threads.open(ctx, ...(await at(ctx, event.params)), text, seen);
      return here(event, text);
    },
    access.membersOnly,
  ),
  follow: form(
    onOff,
    async (ctx, { on }, event: Event) => {
      await threads.follow(ctx, ...(await at(ctx, event.params)), on);
      return here(event);
    },
    access.membersOnly,
  ),
  close: form(
    onOff,
    async (ctx, { on }, event: Event) => {
      await threads.setClosed(ctx, ...(await at(ctx, event.params)), on);
      return here(event);
    },
    access.membersOnly,
  ),
};
