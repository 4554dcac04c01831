/** Whom a space administrator, or an administrator of the site, can choose. */
import { and, asc, eq, ne, or, sql, type SQL } from 'drizzle-orm';
import { parseAddress } from '../../addresses';
import type { Ctx } from '../context';
import { Refusal } from '../errors';
import * as folded from '../folded';
import { membership, user } from '../schema';

/** Names that the field offers. Everybody else is found by what is typed. */
const OFFERED = 50;

const isUserIn = (spaceId: number) =>
  and(
    eq(membership.spaceId, spaceId),
    sql`membership.rank in (0, 1)`,
    eq(user.kind, 'user'),
    eq(user.status, 'active'),
  );

/** Who runs the space comes first. For a batch. */
export const offered = (ctx: Ctx, spaceId: number) =>
  ctx.db
    .select({ id: user.id, name: user.name, email: user.email })
    .from(membership)
    .innerJoin(user, eq(user.id, membership.userId))
    .where(isUserIn(spaceId))
    .orderBy(asc(membership.rank), asc(membership.nameKey), asc(membership.userId))
    .limit(OFFERED);

/** SQL: by their address or their whole name. */
const isMeant = (typed: string, name: SQL): SQL | undefined => {
  const address = parseAddress(typed)?.email;
  return or(eq(name, folded.sought(typed)), address === undefined ? undefined : eq(user.email, address));
};

function only(people: { id: string }[], field: 'sponsor' | 'handOverTo'): string {
  if (people.length === 1) return people[0]!.id;
  const unknown = field === 'sponsor' ? 'sponsor.unknown' : 'sponsor.nobody-there';
  throw new Refusal('invalid', { key: people.length === 0 ? unknown : 'sponsor.several', field });
}

/** Out of the users in the space. @param typed empty: nobody. @throws Refusal unless exactly one is called so */
export async function found(ctx: Ctx, spaceId: number, typed: string): Promise<string | null> {
  if (typed.trim() === '') return null;
  const people = await ctx.db
    .select({ id: user.id })
    .from(membership)
    .innerJoin(user, eq(user.id, membership.userId))
    .where(and(isUserIn(spaceId), isMeant(typed, sql`membership.name_key`)))
    .limit(2);
  return only(people, 'sponsor');
}

/** Out of all users, but for one. */
export async function foundOnSite(ctx: Ctx, typed: string, except: string): Promise<string | null> {
  if (typed.trim() === '') return null;
  const people = await ctx.db
    .select({ id: user.id })
    .from(user)
    .where(
      and(
        eq(user.kind, 'user'),
        eq(user.status, 'active'),
        ne(user.id, except),
        isMeant(typed, folded.nameKey),
      ),
    )
    .limit(2);
  return only(people, 'handOverTo');
}
