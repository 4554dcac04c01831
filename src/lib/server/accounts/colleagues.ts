/** The users of the company, for somebody who makes a space. */
import { and, asc, eq, ne, not, sql } from 'drizzle-orm';
import type { SignedIn } from '../context';
import * as folded from '../folded';
import { allow } from '../policy';
import { user } from '../schema';

/** Colleagues that a form shows at once; more are found by searching. */
const COLLEAGUES = 30;

/**
 * The other active users of the company, for the first members of a space: those who are chosen, then those whose name or
 * address contains a text. For who may create spaces.
 * @returns `more`: there are others besides
 */
export async function colleagues(ctx: SignedIn, search = '', chosen: string[] = []) {
  allow(ctx, 'space.create');
  const ids = JSON.stringify(chosen);
  const isChosen = sql`${user.id} in (select value from json_each(${ids}))`;
  const others = and(eq(user.kind, 'user'), eq(user.status, 'active'), ne(user.id, ctx.actor.id));
  const columns = { id: user.id, name: user.name, email: user.email };
  const [first, found] = await ctx.db.batch([
    // All of them: a form that comes back keeps every choice (at most as many as its schema takes).
    ctx.db.select(columns).from(user).where(and(others, isChosen)).orderBy(asc(user.email)),
    ctx.db
      .select(columns)
      .from(user)
      .where(and(others, not(isChosen), folded.isPerson(search)))
      .orderBy(asc(user.email))
      .limit(COLLEAGUES + 1),
  ]);
  return { people: [...first, ...found.slice(0, COLLEAGUES)], more: found.length > COLLEAGUES };
}
