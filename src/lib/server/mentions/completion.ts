/** While people write: whom they can name, and the preview. */
import { sql } from 'drizzle-orm';
import * as access from '../access';
import type { SignedIn } from '../context';
import * as folded from '../folded';
import * as limits from '../limits';
import * as markdown from '../markdown';
import * as grammar from './grammar';
import { marksOf, nameableQuery, recognised } from './people';

const OFFERED = 8;

/**
 * Names that begin with it, names with a word that does, then the rest. Never the viewer, never by address. The second read is
 * only for too few beginnings.
 */
export async function complete(ctx: SignedIn, spaceId: number, typed: string) {
  const sought = folded.sought(typed);
  const guests = access.rankOfGuests(access.viewerOf(ctx), { spaceId });
  const here = sql`membership m indexed by membership_in_order cross join user u on u.id = m.user_id
    where m.space_id = ${spaceId} and m.user_id <> ${ctx.actor.id} and u.status = 'active'`;
  const person = sql.raw("u.id, u.name, u.company, u.avatar, u.kind = 'guest' as guest, m.name_key as key");
  // By rank, because the index sorts names within a rank.
  const beginning = sql.join(
    [sql`0`, sql`1`, guests].map(
      (rank) => sql`select * from (select ${person}, 0 as place from ${here} and m.rank = ${rank}
        and m.name_key >= ${sought} and m.name_key < ${`${sought}\u{10ffff}`} order by m.name_key, m.user_id limit ${OFFERED})`,
    ),
    sql` union all `,
  );
  const joined = folded.beginsJoined(sql.raw('m.name_key'), sought);
  const elsewhere = sql`select * from (
    select ${person}, iif(instr(m.name_key, ${` ${sought}`}) > 0 or ${joined}, 1, 2) as place
    from (select count(*) as n from beginning) found cross join ${here}
      and found.n < ${sought ? OFFERED : 0} and m.rank in (0, 1, ${guests})
      and instr(m.name_key, ${sought}) <> 1 and (instr(m.name_key, ${sought}) > 1 or ${joined})
    order by place, m.name_key, m.user_id limit ${OFFERED})`;
  const { reach, people } = await ctx.read({
    reach: access.spaceQuery(ctx, spaceId),
    people: ctx.db
      .select({
        id: sql<string>`id`.as('id'),
        name: sql<string>`name`.as('name'),
        company: sql<string>`company`.as('company'),
        avatar: sql<string | null>`avatar`.as('avatar'),
        guest: sql<number>`guest`.as('guest'),
      })
      .from(
        sql`(with beginning as materialized (${beginning}) select * from beginning union all ${elsewhere}) p`,
      )
      .orderBy(sql`place, key, id`)
      .limit(OFFERED),
  });
  access.foundSpace(ctx, reach);
  return people.map(({ guest, ...rest }) => ({ ...rest, guest: guest === 1 }));
}

/** Whom the viewer's text could name. 404 if the space is out of reach. @param limit that the preview counts towards */
export async function nameable(ctx: SignedIn, spaceId: number, limit: limits.Counted | null = null) {
  const { reach, people } = await limits.read(
    ctx,
    limit,
    { reach: access.spaceQuery(ctx, spaceId), people: nameableQuery(ctx, spaceId, '@') },
    () => access.requireSpace(ctx, spaceId),
  );
  access.foundSpace(ctx, reach);
  return { ctx, people };
}

/** The text as it will be shown, and whom it notifies by name. */
export function preview(text: string, { ctx, people }: Awaited<ReturnType<typeof nameable>>) {
  const me = ctx.actor.id;
  const { mentions, told } = recognised(ctx, { body: text }, people, []);
  const { namings } = grammar.without(text, mentions, () => false);
  const named = people
    .filter(({ id, here }) => here && id !== me && told.includes(id))
    .map(({ id, name, company, kind }) => ({ id, name, company, guest: kind === 'guest' }));
  return { html: markdown.render(text, marksOf(text, namings, me, me)), named };
}

/** The same for a form without scripts, which is shown again with it. */
export const previewOf = async (ctx: SignedIn, spaceId: number, text: string): Promise<string> =>
  preview(text, await nameable(ctx, spaceId, 'preview')).html;
