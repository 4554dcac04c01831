import * as access from '$lib/server/access';
import { byText, comment, editText, onOff, openText, react, readUntil } from '$lib/schemas';
import { randomId } from '$lib/server/crypto';
import { form, show } from '$lib/server/http';
import * as threads from '$lib/server/threads';

const at = (params: { id: string; thread: string }) => [Number(params.id), Number(params.thread)] as const;
const here = (params: { id: string; thread: string }) => `/spaces/${params.id}/threads/${params.thread}`;
/** `first`, or a comment's number. */
const named = (name: string) => (name === 'first' ? null : Number(name) || 0);

function windowOf(query: URLSearchParams): threads.Window {
  const number = (name: string) => Number(query.get(name)) || 0;
  if (number('before')) return { before: number('before') };
  if (number('after')) return { after: number('after') };
  if (number('comment')) return { around: number('comment') };
  return { newest: true };
}

const by = (text: { author: string; guest: boolean; company: string }) => ({
  name: text.author,
  guest: text.guest,
  company: text.company,
});

export const load = (event) =>
  show(event, async (ctx) => {
    const query = event.url.searchParams;
    const thread = at(event.params);
    const asked = (name: 'edit' | 'quote' | 'history' | 'reacted' | 'open') => query.get(name);
    const [page, editing, quoting, history, reacted, opening] = await Promise.all([
      threads.read(ctx, ...thread, windowOf(query)),
      asked('edit') ? threads.source(ctx, ...thread, named(asked('edit')!)) : null,
      asked('quote') ? threads.source(ctx, ...thread, named(asked('quote')!)) : null,
      asked('history') ? threads.history(ctx, ...thread, named(asked('history')!), query.get('older')) : null,
      asked('reacted')
        ? threads.reacted(ctx, ...thread, named(asked('reacted')!), query.get('further'))
        : null,
      asked('open') ? threads.opening(ctx, ...thread, named(asked('open')!), query.get('more')) : null,
    ]);
    // Only what exists, and only for people who may delete it.
    const doomed = query.get('delete');
    const deleting =
      doomed === 'first'
        ? page.may.delete && { name: 'first', author: by(page.thread) }
        : page.comments
            .filter((c) => String(c.id) === doomed && c.may.delete)
            .map((c) => ({ name: String(c.id), author: by(c) }))[0];
    return {
      ...page,
      deleting: deleting || null,
      covered: !!deleting || !!history || !!reacted || !!opening,
      editing: editing?.mayEdit ? { ...editing, name: asked('edit')! } : null,
      quoting: quoting && { author: quoting.author, body: quoting.body, forCompany: quoting.forCompany },
      history,
      reacted,
      opening: opening && { ...opening, name: asked('open')! },
      requestKey: randomId(),
    };
  });

const textName = (text: number | null) => (text === null ? '' : `?comment=${text}#comment-${text}`);

export const actions = {
  comment: form(
    comment,
    async (ctx, input, { params }) =>
      `${here(params)}#comment-${await threads.addComment(ctx, ...at(params), input)}`,
    access.membersOnly,
    { judge: threads.judgeComment },
  ),
  edit: form(
    editText,
    async (ctx, { text, ...input }, { params }) => {
      await threads.edit(ctx, ...at(params), text, input);
      return here(params) + textName(text);
    },
    access.membersOnly,
    { judge: (ctx, valid, { params }) => threads.judgeEdit(ctx, Number(params.id), valid) },
  ),
  delete: form(
    byText,
    async (ctx, { text }, { params }) => {
      if (text !== null) await threads.removeComment(ctx, ...at(params), text);
      else await threads.remove(ctx, ...at(params));
      return text === null ? `/spaces/${params.id}` : here(params);
    },
    access.membersOnly,
  ),
  react: form(
    react,
    async (ctx, { text, kind, on }, { params }) => {
      await threads.react(ctx, ...at(params), text, kind, on);
      return here(params) + textName(text);
    },
    access.membersOnly,
  ),
  open: form(
    openText,
    async (ctx, { text, seen }, { params }) => {
      await threads.open(ctx, ...at(params), text, seen);
      return here(params) + textName(text);
    },
    access.membersOnly,
  ),
  follow: form(
    onOff,
    async (ctx, { on }, { params }) => {
      await threads.follow(ctx, ...at(params), on);
      return here(params);
    },
    access.membersOnly,
  ),
  pin: form(
    onOff,
    async (ctx, { on }, { params }) => {
      await threads.setPinned(ctx, ...at(params), on);
      return here(params);
    },
    access.membersOnly,
  ),
  close: form(
    onOff,
    async (ctx, { on }, { params }) => {
      await threads.setClosed(ctx, ...at(params), on);
      return here(params);
    },
    access.membersOnly,
  ),
  read: form(
    readUntil,
    async (ctx, { until }, { params }) => {
      await threads.markRead(ctx, ...at(params), until);
      return here(params);
    },
    access.membersOnly,
  ),
};
