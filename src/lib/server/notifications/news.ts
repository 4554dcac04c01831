import { DAY } from '../../time';
import * as changes from '../changes';
import type { SignedIn } from '../context';
import { compiled } from '../context/compiled';
import { keyedHash } from '../crypto';
import { unreadQuery } from './portal';

/** In the menu that leads from one space to another. The portal has all. */
const OFFERED = 10;

const reads = compiled((ctx) => ({ unread: unreadQuery(ctx), spaces: changes.newestInEachQuery(ctx) }));

/** What the bell shows, the spaces of the viewer, and a stamp that is another one as soon as the portal or its notifications are. */
export async function news(ctx: SignedIn) {
  const { unread, spaces } = await ctx.read(reads(ctx, {}, {}));
  const { me, all, newest } = unread[0]!;
  const seen = spaces.map(({ spaceId, seq }) => [spaceId, seq]);
  // Keyed: numbers would tell how much happens elsewhere, and so few can be guessed from a plain hash.
  const stamp = keyedHash(ctx.config.secret, 'news', JSON.stringify([me, all, newest, seen])).slice(0, 16);
  return { unread: { me, all }, stamp, spaces: mostActive(ctx, spaces) };
}

type Rows = Awaited<ReturnType<typeof changes.newestInEachQuery>>;

/** Those where something happened last, by name. Nothing may have happened yet where the viewer has just come. */
function mostActive(ctx: SignedIn, all: Rows) {
  const place = ({ seq, joinedAt }: Rows[number]) => (joinedAt > ctx.now - DAY ? Infinity : (seq ?? 0));
  // Archived ones are out of the way.
  const latest = all
    .filter(({ archived }) => archived === 0)
    .sort((a, b) => (place(a) < place(b) ? 1 : place(a) > place(b) ? -1 : b.spaceId - a.spaceId));
  return {
    spaces: latest
      .slice(0, OFFERED)
      .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.spaceId - b.spaceId))
      .map(({ spaceId, name }) => ({ id: spaceId, name })),
    more: all.length > OFFERED,
  };
}
