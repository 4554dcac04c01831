import * as changes from '../changes';
import type { SignedIn } from '../context';
import { keyedHash } from '../crypto';
import { unreadQuery } from './portal';

/** What the bell shows, and a stamp that is another one as soon as the portal or its notifications are. */
export async function news(ctx: SignedIn) {
  const { unread, spaces } = await ctx.read({
    unread: unreadQuery(ctx),
    spaces: changes.newestInEachQuery(ctx),
  });
  const { me, all, newest } = unread[0]!;
  const seen = spaces.map(({ spaceId, seq }) => [spaceId, seq]);
  // Keyed: numbers would tell how much happens elsewhere, and so few can be guessed from a plain hash.
  const stamp = keyedHash(ctx.config.secret, 'news', JSON.stringify([me, all, newest, seen])).slice(0, 16);
  return { unread: { me, all }, stamp };
}
