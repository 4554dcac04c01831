import { sql, type SQL } from 'drizzle-orm';
import { changed, must, type SignedIn, type Statement } from '../context';
import { compiled } from '../context/compiled';
import { unveil, veil } from '../crypto';
import { Refusal } from '../errors';
import { excerpt } from '../markdown';
import { columns, joins, readable, visible, type Row } from './rows';
import { hrefOf, ownWords } from './words';

const lists = ['me', 'all', 'later'] as const;
export type Shown = (typeof lists)[number];

/** The list that an address asks for. */
export const shownBy = (word: string | null): Shown | undefined => lists.find((list) => list === word);

const MOST_COUNTED = 100;

const ofActor = (ctx: SignedIn): SQL => sql`
  from notification n ${joins}
  where n.user_id = ${ctx.actor.id} and ${visible(ctx, ctx.actor)}`;

const only: Record<Shown, SQL> = {
  me: sql`and n.kind = 'mention'`,
  all: sql``,
  later: sql`and n.later = 1`,
};

/** Ids count the notifications of everybody, so nobody gets them as numbers. */
const veiled = (ctx: SignedIn, id: number): string => veil(ctx.config.secret, 'notification', id);
const unveiled = (ctx: SignedIn, id: string): number => unveil(ctx.config.secret, 'notification', id) ?? 0;

interface Part {
  /** The last of the page before. */
  before?: string | null;
  limit?: number;
}

/** The last of the page before. */
type PlaceOf = { id: number };

interface Wanted {
  show: Shown;
  first: boolean;
  limit: number;
}

const listQuery = (ctx: SignedIn, { id }: PlaceOf, { show, first, limit }: Wanted) =>
  ctx.db.all<Row & { later: number }>(sql`
    select ${columns(ctx.actor, 1_000)}, n.later
    ${ofActor(ctx)} ${only[show]} ${first ? sql`` : sql`and n.id < ${id}`}
    order by n.id desc limit ${limit + 1}`);

const placeIn = (ctx: SignedIn, { before = null, limit = 30 }: Part) => ({
  place: { id: before === null ? 0 : unveiled(ctx, before) },
  wanted: { first: before === null, limit },
});

const oneList = compiled((ctx, place: PlaceOf, wanted: Wanted) => ({
  rows: listQuery(ctx, place, wanted),
}));

const bothLists = compiled((ctx, place: PlaceOf, wanted: Omit<Wanted, 'show'>) => ({
  unread: unreadQuery(ctx),
  me: listQuery(ctx, place, { ...wanted, show: 'me' }),
  all: listQuery(ctx, place, { ...wanted, show: 'all' }),
}));

export async function list(ctx: SignedIn, { show, ...part }: Part & { show: Shown }) {
  const { place, wanted } = placeIn(ctx, part);
  const { rows } = await ctx.read(oneList(ctx, place, { ...wanted, show }));
  return pageOf(ctx, show, rows, part);
}

/** The list that is asked for, else the one with all that is unread. */
export async function open(ctx: SignedIn, asked: Shown | undefined, part: Part) {
  if (asked) return list(ctx, { show: asked, ...part });
  const { place, wanted } = placeIn(ctx, part);
  const { unread, me, all } = await ctx.read(bothLists(ctx, place, wanted));
  return unread[0]!.me === unread[0]!.all ? pageOf(ctx, 'me', me, part) : pageOf(ctx, 'all', all, part);
}

function pageOf(
  ctx: SignedIn,
  show: Shown,
  rows: (Row & { later: number })[],
  { before = null, limit = 30 }: Part,
) {
  const page = rows.slice(0, limit);
  return {
    show,
    before,
    items: page.map((row) => {
      const { id, kind, createdAt, space } = row;
      // Whoever was invited has no other name than the address.
      const [actor, company, avatar] = row.invited
        ? [row.invited, '', null]
        : [row.actor, row.company, row.avatar];
      const { thread, text } = readable(row, ctx.actor.id);
      return {
        ...{ id: veiled(ctx, id), kind, createdAt, space, actor, company, avatar, thread },
        href: hrefOf(row),
        guest: row.actorKind === 'guest' || row.invited !== null,
        forCompany: row.forCompany === 1,
        excerpt: excerpt(ownWords(text), 140),
        read: row.readAt !== null,
        later: row.later === 1,
      };
    }),
    next: rows.length > limit ? veiled(ctx, page.at(-1)!.id) : null,
  };
}

/** Each counted to a hundred, and the newest of all. */
export const unreadQuery = (ctx: SignedIn) => {
  const count = (show: Shown) => sql<number>`(
    select count(*) from (select 1 ${ofActor(ctx)} ${only[show]} and n.read_at is null limit ${MOST_COUNTED}))`;
  return ctx.db
    .select({
      me: count('me').as('me'),
      all: count('all').as('all'),
      newest: sql<number | null>`(select n.id ${ofActor(ctx)} order by n.id desc limit 1)`.as('newest'),
    })
    .from(sql`(select 1)`);
};

export async function countUnread(ctx: SignedIn): Promise<number> {
  const [row] = await unreadQuery(ctx);
  return row!.all;
}

/** @param until when the page was made */
export const readThread = (ctx: SignedIn, threadId: number, until = ctx.now): Statement =>
  ctx.db.run(sql`
    update notification set read_at = ${ctx.now}
    where user_id = ${ctx.actor.id} and thread_id = ${threadId} and read_at is null and created_at <= ${until}`);

/** @param until when the page was made */
export const readSpace = (ctx: SignedIn, spaceId: number, until: number): Statement =>
  ctx.db.run(sql`
    update notification set read_at = ${ctx.now}
    where user_id = ${ctx.actor.id} and space_id = ${spaceId} and read_at is null and created_at <= ${until}`);

/** @param upTo the newest id on the page: later ones stay unread */
export async function markRead(
  ctx: SignedIn,
  which: string[] | 'all',
  show: Shown = 'all',
  upTo: string | null = null,
): Promise<void> {
  const those =
    which === 'all'
      ? sql`${only[show]} ${upTo === null ? sql`` : sql`and n.id <= ${unveiled(ctx, upTo)}`}`
      : sql`and n.id in (select value from json_each(${JSON.stringify(which.map((id) => unveiled(ctx, id)))}))`;
  await ctx.commit([
    ctx.db.run(sql`
      update notification as n set read_at = ${ctx.now}
      where n.user_id = ${ctx.actor.id} and n.read_at is null ${those}`),
  ]);
}

export async function setLater(ctx: SignedIn, id: string, on: boolean): Promise<void> {
  await ctx.commit(
    [
      ctx.db.run(sql`
        update notification set later = ${on ? 1 : 0} where id = ${unveiled(ctx, id)} and user_id = ${ctx.actor.id}`),
      must(ctx, changed()),
    ],
    { refusal: new Refusal('missing') },
  );
}
