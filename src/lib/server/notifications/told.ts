/** Who will be told of a text that is being written: for the words beside its button. */
import { sql, type SQL } from 'drizzle-orm';
import type { Told } from '../../told';
import type { FoundSpace } from '../access';
import type { SignedIn } from '../context';
import { isOpen, recipients, sources, told, type Activity } from './recipients';

/** Two by name and thirty others: of more, the words say "at least". */
const COUNTED = 32;

interface Row {
  id: string;
  name: string;
  guest: number;
  company: string;
  rank: number;
  key: string;
}

const eventOf = (spaceId: number, threadId: number | SQL | null): Activity => ({
  ...{ spaceId, threadId, commentId: null, mentioned: [] },
  kind: threadId === null ? 'thread' : 'comment',
});

/**
 * For a batch. What users follow may come from texts that a guest does not see, so a guest reads only of those whom they see
 * writing there. @param threadId null for a new thread @param shown SQL: ids of the comments on the page
 */
export function toldQueries(
  ctx: SignedIn,
  spaceId: number,
  threadId: number | SQL | null,
  shown: SQL = sql`(0)`,
) {
  const event = eventOf(spaceId, threadId);
  const { company, guests } = sources(ctx, event);
  const isSeen =
    ctx.actor.kind === 'user' || threadId === null
      ? sql`1`
      : sql`u.id in (select author_id from comment where id in ${shown}
          union select author_id from thread where id = ${threadId})`;
  const list = (ids: SQL, also: SQL) =>
    ctx.db.all<Row>(sql`
      select u.id, u.name, u.kind = 'guest' guest, u.company, m.rank, m.name_key "key"
      ${recipients(ctx, event, told(ctx, event), ids)} and ${also} limit ${COUNTED + 1}`);
  return {
    toldCompany: list(company, isSeen),
    toldGuests: list(guests, sql`u.kind = 'guest'`),
    toldUsers: list(company, ctx.actor.kind === 'user' ? sql`u.kind = 'user'` : sql`0`),
    toldOpen: ctx.db.all<{ open: number }>(sql`
      select ${isOpen(ctx, event)} "open" from space s where s.id = ${spaceId}`),
  };
}

export function toldOf(
  ctx: SignedIn,
  found: FoundSpace,
  threadId: number | null,
  rows: { toldCompany: Row[]; toldGuests: Row[]; toldOpen: { open: number }[] },
): Told {
  const open = threadId === null || rows.toldOpen[0]?.open === 1;
  const unique = new Map([...rows.toldCompany, ...rows.toldGuests].map((row) => [row.id, row]));
  const people = [...unique.values()].sort(inOrder);
  return {
    who: !found.blockFollowing ? 'people' : open ? 'everybody' : 'readers',
    ...listed(people),
    others: threadId !== null && ctx.actor.kind === 'guest',
  };
}

/** If it is only for the company. Null for guests, who write nothing of the kind. */
export const toldInCompanyOf = (
  ctx: SignedIn,
  found: FoundSpace,
  { toldUsers }: { toldUsers: Row[] },
): Told | null =>
  ctx.actor.kind === 'guest'
    ? null
    : {
        who: found.blockFollowing ? 'company' : 'people',
        ...listed([...toldUsers].sort(inOrder)),
        others: false,
        forCompany: true,
      };

const inOrder = (a: Row, b: Row) => a.rank - b.rank || (a.key < b.key ? -1 : 1);

const listed = (people: Row[]) => ({
  people: people
    .slice(0, COUNTED)
    .map(({ id, name, guest, company }) => ({ id, name, guest: guest === 1, company })),
  more: people.length > COUNTED,
});
