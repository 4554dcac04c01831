/** Check-boxes in a text, ticked in the page. No edit: no earlier version, no mark, and nobody is notified. */
import { sql } from 'drizzle-orm';
import * as access from '../access';
import { changed, must, type SignedIn } from '../context';
import { Refusal } from '../errors';
import { record } from '../events';
import * as limits from '../limits';
import * as markdown from '../markdown';
import { comment, thread } from '../schema';
import { ownQueries, ownText } from './own';
import { stampOf, tasksOf } from './text';

/** Others may tick boxes of the same text meanwhile, each at the second try. */
const TRIES = 25;

const changedSince = () => new Refusal('conflict', { key: 'text.tasks-changed' });

/** @param form `task`: its place among all of the text; `seen`: the stamp of the text that was shown */
export async function tick(
  ctx: SignedIn,
  spaceId: number,
  threadId: number,
  commentId: number | null,
  form: { task: number; done: boolean; seen: string },
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++)
    if (await tryToTick(ctx, spaceId, threadId, commentId, form)) return;
  throw changedSince();
}

/** @returns whether it is as wanted; otherwise the text was changed while this ran */
async function tryToTick(
  ctx: SignedIn,
  spaceId: number,
  threadId: number,
  commentId: number | null,
  { task, done, seen }: { task: number; done: boolean; seen: string },
): Promise<boolean> {
  const rows = await ctx.read(ownQueries(ctx, spaceId, threadId, commentId));
  const { found, first, text } = ownText(ctx, rows, commentId);
  const all = tasksOf(ctx, found, text);
  const box = all[task];
  if (!box || box.at === null || stampOf(text.body, all) !== seen) throw changedSince();
  if (box.done === done) return true;
  const body = markdown.ticked(text.body, box, done);
  const table = commentId === null ? thread : comment;
  const event = {
    ...{ spaceId, threadId, authors: [first, text], notify: null },
    text: {
      ...{ title: commentId === null ? first.title : undefined, body, mentions: text.mentions },
      files: rows.files.map(({ name }) => name),
    },
  };
  const counts = { tick: 1 };
  const made = await ctx.commit(
    [
      access.stillMember(ctx, spaceId),
      must(ctx, sql`exists (select 1 from thread where id = ${threadId} and closed_at is null)`),
      ctx.db
        .update(table)
        .set({ body })
        .where(sql`id = ${text.id} and author_id = ${ctx.actor.id} and body = ${text.body}`),
      must(ctx, changed()),
      record(
        ctx,
        commentId === null
          ? { kind: 'space.thread-edited', ...event }
          : { kind: 'space.comment-edited', commentId, ...event },
      ),
      limits.count(ctx, counts),
    ],
    // Who lost the right is refused at the next try.
    { refusal: () => limits.exceeded(ctx, counts) },
  );
  return made.done;
}
