/** Who is in a thread, and who writes there. Only rooms know it (room.ts), and only while the page is open. */
import { and, eq, ne, sql } from 'drizzle-orm';
import { hearersIn, listeners, viewerOf, visibleTo, type Hearers } from './access';
import { changed, must, type SignedIn } from './context';
import { record } from './events';
import * as live from './live';
import type { Place } from './room';
import { user } from './schema';
import * as settings from './settings';

/** Null where they can't be seen: by their own choice or the site's, or because the thread is not for them. */
export async function placeIn(ctx: SignedIn, spaceId: number, threadId: number): Promise<Place | null> {
  if (!(await settings.read(ctx)).presence) return null;
  const { id, kind } = ctx.actor;
  const [row] = await ctx.db.all<{ name: string; company: string; shows: number; hearers: Hearers }>(sql`
    select u.name, u.company, u.presence as "shows", ${hearersIn(threadId, spaceId, ctx.actor)} as "hearers"
    from thread t join user ta on ta.id = t.author_id join user u on u.id = ${id}
    where t.id = ${threadId} and t.space_id = ${spaceId}
      and ${visibleTo(viewerOf(ctx), { spaceId }, { text: 't', author: 'ta' })}`);
  if (row?.shows !== 1) return null;
  const { name, company, hearers } = row;
  return {
    thread: threadId,
    seenBy: listeners(hearers),
    who: { id, name, company, guest: kind === 'guest' },
  };
}

/** The actor's own choice. Their open pages connect again without a place, or with one. */
export async function choose(ctx: SignedIn, on: boolean): Promise<void> {
  const { id } = ctx.actor;
  await ctx.commit(
    [
      ctx.db
        .update(user)
        .set({ presence: on, updatedAt: ctx.now })
        .where(and(eq(user.id, id), ne(user.presence, on))),
      must(ctx, changed()),
      record(ctx, { kind: 'account.changed', subject: `user:${id}`, detail: { presence: on } }),
    ],
    { refusal: () => null },
  );
  ctx.defer((system) => live.lookEverywhere(system, id));
}
