/** Tells open pages to look, through the room of their space (room.ts). D1 is the truth: a lost word is made good by their next poll. */
import { and, eq, isNull } from 'drizzle-orm';
import { lasting, listeners, listensTo, requireSpace, type Hearers } from './access';
import type { Ctx, SignedIn } from './context';
import { Refusal } from './errors';
import { allow } from './policy';
import type { Place } from './room';
import { membership, session, space, user } from './schema';
import { lasts } from './session-limits';

/** Rooms at the same time; beyond, one after the other. */
const AT_ONCE = 50;

/** Something happened in a space that these people may know of. */
export const moved = async (ctx: Ctx, spaceId: number, hearers: Hearers): Promise<void> =>
  roomOf(ctx, spaceId)?.moved(listeners(hearers));

/** The access of a person, or of everybody, to a space may have ended: their sockets close, and their pages look. */
export const look = async (ctx: Ctx, spaceId: number, personId: string | null): Promise<void> =>
  roomOf(ctx, spaceId)?.look(personId);

/** A session of theirs may have ended. */
export async function lookEverywhere(ctx: Ctx, personId: string): Promise<void> {
  if (!ctx.rooms) return;
  const spaces = await ctx.db
    .select({ id: membership.spaceId })
    .from(membership)
    .where(eq(membership.userId, personId));
  await lookIn(ctx, spaces, personId);
}

/** In spaces that they may have lost. */
export async function lookIn(ctx: Ctx, spaces: { id: number }[], personId: string): Promise<void> {
  for (let i = 0; i < spaces.length; i += AT_ONCE)
    await Promise.all(spaces.slice(i, i + AT_ONCE).map(({ id }) => look(ctx, id, personId)));
}

/**
 * The socket of a page. Hooks have checked origin and session.
 * @param place where in the space its person can be seen
 */
export async function enter(
  ctx: SignedIn,
  spaceId: number,
  upgrade: string | null,
  place: () => Promise<Place | null>,
): Promise<Response> {
  const found = await requireSpace(ctx, spaceId);
  allow(ctx, 'space.view', found);
  const room = roomOf(ctx, spaceId);
  if (!room) return new Response('Pages poll here', { status: 501 });
  if (!/^websocket$/i.test(upgrade ?? ''))
    return new Response('A WebSocket is expected', { status: 426, headers: { upgrade: 'websocket' } });
  const asked = new URLSearchParams([
    ['person', ctx.actor.id],
    ['place', JSON.stringify(await place())],
    ...listensTo(ctx.actor).map((tag) => ['hears', tag]),
  ]);
  const { webSocket, status } = await room.fetch(`https://room/?${asked}`, {
    headers: { upgrade: 'websocket' },
  });
  if (!webSocket) return new Response('Too many pages', { status });
  // What ended before the room had the socket did not close it.
  const [still] = await ctx.db
    .select({ id: membership.spaceId })
    .from(membership)
    .innerJoin(space, and(eq(space.id, membership.spaceId), isNull(space.deletedAt)))
    .innerJoin(session, and(eq(session.userId, membership.userId), eq(session.idHash, ctx.sessionHash ?? '')))
    .innerJoin(user, eq(user.id, membership.userId))
    .where(
      and(eq(membership.spaceId, spaceId), eq(membership.userId, ctx.actor.id), lasting(ctx), lasts(ctx.now)),
    );
  if (!still) {
    // Nobody else has this end.
    webSocket.accept();
    webSocket.close();
    await room.look(ctx.actor.id);
    throw new Refusal('missing');
  }
  // The room's own answer has headers that nothing can be added to.
  return new Response(null, { status: 101, webSocket });
}

const roomOf = (ctx: Ctx, spaceId: number) => ctx.rooms?.getByName(String(spaceId));
