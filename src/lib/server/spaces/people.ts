import { and, eq, sql, type SQL } from 'drizzle-orm';
import { foundSpace, lastCompany, rankOfGuests, shared, sharedQuery, spaceQuery, viewerOf } from '../access';
import * as changes from '../changes';
import type { SignedIn } from '../context';
import { Refusal } from '../errors';
import * as folded from '../folded';
import { afterInCompany, byCompany, inOrder } from '../memberships/order';
import * as paging from '../paging';
import { membership, user } from '../schema';

const PEOPLE = 50;
/** Of each kind, and of both together: faces on the space's page. The rest is on the page of its people. */
export const FACES = 8;

const rowsQuery = (ctx: SignedIn, spaceId: number, which: SQL | undefined) =>
  ctx.db
    .select({
      id: user.id,
      name: user.name,
      company: user.company,
      avatar: user.avatar,
      kind: user.kind,
      rank: membership.rank,
      nameKey: membership.nameKey,
      companyKey: membership.companyKey,
    })
    .from(membership)
    .innerJoin(user, and(eq(user.id, membership.userId), eq(user.status, 'active')))
    .where(and(eq(membership.spaceId, spaceId), which));

type Row = Awaited<ReturnType<typeof rowsQuery>>[number];

export const facesQuery = (ctx: SignedIn, spaceId: number, which: SQL | undefined) =>
  rowsQuery(ctx, spaceId, which)
    .orderBy(...inOrder)
    .limit(FACES);

const presentPerson = ({ kind, rank, nameKey: _name, companyKey: _company, ...person }: Row) => ({
  ...person,
  guest: kind === 'guest',
  administrator: rank === 0,
});

/** Both sides of the company's border, if there are people on both. */
export function presentFaces(staff: Row[], guests: Row[]) {
  const shown = Math.min(staff.length, Math.max(FACES / 2, FACES - guests.length));
  return [...staff.slice(0, shown), ...guests.slice(0, FACES - shown)].map(presentPerson);
}

/** Grouped by company: the house's people, then guests. */
export async function people(
  ctx: SignedIn,
  spaceId: number,
  filter: { find?: string; after?: string | null } = {},
) {
  const find = (filter.find ?? '').trim().slice(0, 100);
  const last = paging.read(filter.after, 'text', 'number', 'text', 'text');
  const isCalled = folded.isCalled(find);
  const rows = await ctx.read({
    space: spaceQuery(ctx, spaceId),
    shared: sharedQuery(ctx, spaceId),
    newest: changes.newestQuery(ctx, spaceId),
    people: rowsQuery(
      ctx,
      spaceId,
      and(
        // The second finds where to stop reading; a row that nobody put in order yet has a rank.
        sql`(${membership.rank} < 2 or ${membership.rank} = ${rankOfGuests(viewerOf(ctx), { spaceId })})`,
        sql`${membership.companyKey} <= ${lastCompany(viewerOf(ctx), { spaceId })}`,
        isCalled,
        last ? afterInCompany(last) : undefined,
      ),
    )
      .orderBy(...byCompany)
      .limit(PEOPLE + 1),
    myself: rowsQuery(ctx, spaceId, and(eq(membership.userId, ctx.actor.id), isCalled)),
  });
  const found = foundSpace(ctx, rows.space);
  if (!found.showPeople) throw new Refusal('missing');
  const page = paging.paged(rows.people, PEOPLE, (p) => [p.companyKey, p.rank, p.nameKey, p.id]);
  // The only guest whom a guest sees who sees no others.
  const alone = !found.reader.seesGuests && page.next === null ? rows.myself : [];
  return {
    space: { id: found.id, name: found.name },
    ...shared(rows.shared),
    seq: changes.newestPlace(ctx, rows.newest),
    groups: grouped([...page.rows, ...alone]),
    next: page.next,
    find,
  };
}

interface Group {
  /** Empty for the house's own, and for guests who named no company. */
  company: string;
  guests: boolean;
  people: ReturnType<typeof presentPerson>[];
}

function grouped(rows: Row[]): Group[] {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const guests = row.kind === 'guest';
    const group = groups.get(row.companyKey) ?? { company: guests ? row.company : '', guests, people: [] };
    group.people.push(presentPerson(row));
    groups.set(row.companyKey, group);
  }
  return [...groups.values()];
}
