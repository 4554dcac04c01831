/** What the address of a thread's page asks for: which comments, and a dialog or a form about one of them. */
import { sql } from 'drizzle-orm';
import type { SignedIn } from '../context';
import { randomId } from '../crypto';
import { Refusal } from '../errors';
import * as files from '../files';
import { history, source } from './history';
import { opening } from './open';
import { reacted } from './reactions';
import { find, type Window } from './read';
import { seenBy } from './seen';
import { hasSeveral } from './several';
import { onlyThread, required, type ThreadId } from './visible';

/** `first`, or a comment's number. */
const named = (name: string) => (name === 'first' ? null : Number(name) || 0);

function windowOf(query: URLSearchParams): Window {
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

async function shown(ctx: SignedIn, spaceId: number, id: number | 'only', query: URLSearchParams) {
  const threadId = id === 'only' ? onlyThread(spaceId) : id;
  const asked = (name: 'edit' | 'quote' | 'history' | 'reacted' | 'seen' | 'open' | 'picture') =>
    query.get(name);
  const at = [ctx, spaceId, threadId] as const;
  const [thread, editing, quoting, versions, people, seers, opened, picture] = await Promise.all([
    find(ctx, spaceId, id, windowOf(query)),
    asked('edit') ? source(...at, named(asked('edit')!)) : null,
    asked('quote') ? source(...at, named(asked('quote')!)) : null,
    asked('history') ? history(...at, named(asked('history')!), query.get('older')) : null,
    asked('reacted') ? reacted(...at, named(asked('reacted')!), query.get('further')) : null,
    asked('seen') && ctx.actor.kind === 'user'
      ? seenBy(...at, named(asked('seen')!), query.get('further'))
      : null,
    asked('open') ? open(ctx, spaceId, threadId, named(asked('open')!), query.get('more')) : null,
    asked('picture') ? files.lookInThread(...at, asked('picture')!) : null,
  ]);
  if (!thread) return null;
  // Only what exists, and only for people who may delete it.
  const doomed = query.get('delete');
  const deleting =
    doomed === 'first'
      ? thread.may.delete && { name: 'first', author: by(thread.thread) }
      : thread.comments
          .filter((c) => String(c.id) === doomed && c.may.delete)
          .map((c) => ({ name: String(c.id), author: by(c) }))[0];
  return {
    ...thread,
    deleting: deleting || null,
    covered: !!deleting || !!versions || !!people || !!seers || !!opened || !!picture,
    editing: editing?.mayEdit ? { ...editing, name: asked('edit')! } : null,
    quoting: quoting && { author: quoting.author, body: quoting.body, forCompany: quoting.forCompany },
    history: versions,
    reacted: people,
    seenBy: seers,
    opening: opened && { ...opened, name: asked('open')! },
    picture,
    requestKey: randomId(),
  };
}

const open = async (
  ctx: SignedIn,
  spaceId: number,
  threadId: ThreadId,
  ...text: [commentId: number | null, after: string | null]
) => opening(ctx, spaceId, typeof threadId === 'number' ? threadId : await only(ctx, spaceId), ...text);

export const page = async (ctx: SignedIn, spaceId: number, threadId: number, query: URLSearchParams) =>
  required(await shown(ctx, spaceId, threadId, query));

/** Of the space whose page it is. @returns null where there are several threads, or where they are not shown */
export const onlyPage = async (ctx: SignedIn, spaceId: number, query: URLSearchParams) =>
  hasSeveral(ctx, spaceId) ? null : shown(ctx, spaceId, 'only', query);

/** The id, for a form of that page. */
export async function only(ctx: SignedIn, spaceId: number): Promise<number> {
  const [row] = await ctx.db.all<{ id: number | null }>(sql`select ${onlyThread(spaceId)} id`);
  if (!row?.id) throw new Refusal('missing');
  return row.id;
}
