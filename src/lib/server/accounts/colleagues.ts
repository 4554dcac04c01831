import { and, asc, eq, ne, not, sql } from 'drizzle-orm';
import type { SignedIn } from '../context';
import * as folded from '../folded';
import { allow } from '../policy';
import { user } from '../schema';

const COLLEAGUES = 30;

/** Those already chosen come first. */
export async function colleagues(ctx: SignedIn, search = '', chosen: string[] = []) {
  allow(ctx, 'space.create');
  const ids = JSON.stringify(chosen);
  const isChosen = sql`${user.id} in (select value from json_each(${ids}))`;
  const others = and(eq(user.kind, 'user'), eq(user.status, 'active'), ne(user.id, ctx.actor.id));
  const columns = { id: user.id, name: user.name, email: user.email };
  const { first, found } = await ctx.read({
    // All of them: a refused form keeps every choice, and its schema limits how many.
    first: ctx.db.select(columns).from(user).where(and(others, isChosen)).orderBy(asc(user.email)),
    found: ctx.db
      .select(columns)
      .from(user)
      .where(and(others, not(isChosen), folded.isPerson(search)))
      .orderBy(asc(user.email))
      .limit(COLLEAGUES + 1),
  });
  return { people: [...first, ...found.slice(0, COLLEAGUES)], more: found.length > COLLEAGUES };
}
