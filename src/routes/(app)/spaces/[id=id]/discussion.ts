/** The forms of a thread, on its own page and, where it is the only one, on the space's. */
import type { RequestEvent } from '@sveltejs/kit';
import * as access from '$lib/server/access';
import type { SignedIn } from '$lib/server/context';
import { form } from '$lib/server/http';
import * as threads from '$lib/server/threads';
import { byText, comment, editText, onOff, openText, react } from '$lib/schemas';

interface Params extends Record<string, string | undefined> {
  id: string;
  thread?: string;
}
type Event = RequestEvent<Params & Record<string, string>>;

export const at = async (ctx: SignedIn, { id, thread }: Params) =>
  [Number(id), thread ? Number(thread) : await threads.only(ctx, Number(id))] as const;
export const here = ({ id, thread }: Params) => `/spaces/${id}${thread ? `/threads/${thread}` : ''}`;
const textName = (text: number | null) => (text === null ? '' : `?comment=${text}#comment-${text}`);

export const discussion = {
  comment: form(
    comment,
    async (ctx, input, { params }: Event) =>
      `${here(params)}#comment-${await threads.addComment(ctx, ...(await at(ctx, params)), input)}`,
    access.membersOnly,
    { judge: threads.judgeComment },
  ),
  edit: form(
    editText,
    async (ctx, { text, ...input }, { params }: Event) => {
      await threads.edit(ctx, ...(await at(ctx, params)), text, input);
      return here(params) + textName(text);
    },
    access.membersOnly,
    { judge: (ctx, valid, { params }: Event) => threads.judgeEdit(ctx, Number(params.id), valid) },
  ),
  remove: form(
    byText,
    async (ctx, { text }, { params }: Event) => {
      const thread = await at(ctx, params);
      if (text !== null) await threads.removeComment(ctx, ...thread, text);
      else await threads.remove(ctx, ...thread);
      return text === null ? `/spaces/${params.id}` : here(params);
    },
    access.membersOnly,
  ),
  react: form(
    react,
    async (ctx, { text, kind, on }, { params }: Event) => {
      await threads.react(ctx, ...(await at(ctx, params)), text, kind, on);
      return here(params) + textName(text);
    },
    access.membersOnly,
  ),
  open: form(
    openText,
    async (ctx, { text, seen }, { params }: Event) => {
      await threads.open(ctx, ...(await at(ctx, params)), text, seen);
      return here(params) + textName(text);
    },
    access.membersOnly,
  ),
  follow: form(
    onOff,
    async (ctx, { on }, { params }: Event) => {
      await threads.follow(ctx, ...(await at(ctx, params)), on);
      return here(params);
    },
    access.membersOnly,
  ),
  close: form(
    onOff,
    async (ctx, { on }, { params }: Event) => {
      await threads.setClosed(ctx, ...(await at(ctx, params)), on);
      return here(params);
    },
    access.membersOnly,
  ),
};
