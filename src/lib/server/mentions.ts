/** What the writing tools ask for while somebody writes: whom they could name, and how their text will look. */
import { and, eq, sql } from 'drizzle-orm';
import type { Ctx } from './context';
import * as folded from './folded';
import * as markdown from './markdown';
import * as named from './named';
import { membership, user } from './schema';
import * as spaces from './spaces';
import { marksOf, nameableQuery, recognised } from './threads/text';

/** People offered at a time. */
const OFFERED = 8;

/**
 * The people of a space whose name holds what was typed behind @, beginnings first. Only who exists for the viewer, never the
 * viewer themselves, and never an address. Reach first: else 404.
 */
export async function complete(ctx: Ctx, spaceId: number, typed: string) {
  const sought = folded.inName(typed);
  const [reach, people] = await ctx.db.batch([
    spaces.reachQuery(ctx, spaceId),
    ctx.db
      .select({ id: user.id, name: user.name, company: user.company, kind: user.kind })
      .from(membership)
      .innerJoin(user, and(eq(user.id, membership.userId), eq(user.status, 'active')))
      .where(
        and(
          eq(membership.spaceId, spaceId),
          spaces.visible(ctx, spaceId, user.kind, user.id),
          sql`${user.id} <> ${ctx.actor?.id ?? ''}`,
          sought?.holds,
        ),
      )
      // The beginning of the name, then of a word of it, then anywhere.
      .orderBy(...(sought ? [sought.rank] : []), sql`${user.name} collate nocase`, user.id)
      .limit(OFFERED),
  ]);
  spaces.reached(ctx, reach);
  return people.map(({ kind, ...person }) => ({ ...person, guest: kind === 'guest' }));
}

/** Whom a text of the viewer could name. Reach first: else 404. */
export async function nameable(ctx: Ctx, spaceId: number) {
  const [reach, people] = await ctx.db.batch([
    spaces.reachQuery(ctx, spaceId),
    nameableQuery(ctx, spaceId, '@'),
  ]);
  spaces.reached(ctx, reach);
  return { ctx, people };
}

/** How a text will look once it is posted. `nameable`: of the space. */
export function preview(text: string, { ctx, people }: Awaited<ReturnType<typeof nameable>>): string {
  const me = ctx.actor!.id;
  const { mentions } = recognised(ctx, { body: text }, people, []);
  const { namings } = named.without(text, mentions, () => false);
  return markdown.render(text, marksOf(text, namings, me, me));
}
