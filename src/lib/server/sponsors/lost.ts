import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import type { Ctx, Statement } from '../context';
import * as language from '../language';
import * as outbox from '../mail/outbox';
import { space, user } from '../schema';
import * as settings from '../settings';
import { answersIn } from './rule';

/** Mails at a time: of more, the Guests tabs and "Guest Management" tell. */
const MAILS = 100;

/**
 * Somebody can't answer for guests any more: mails to whoever runs their spaces, for the batch of the end.
 * @param who `name` is empty for whoever is no longer known
 * @param where one space, or all (null)
 * @param to whom they hand their guests to, in the spaces that this one is in
 */
export async function lost(
  ctx: Ctx,
  who: { id: string; name: string },
  where: number | null,
  to: string | null = null,
): Promise<Statement[]> {
  const told = await ctx.db
    .select({
      user,
      spaceId: space.id,
      spaceName: space.name,
      guests: sql<number>`lost.guests`.as('lost_guests'),
    })
    .from(
      sql`(select space_id, count(*) guests from membership
        where sponsor_id = ${who.id} ${where === null ? sql`` : sql`and space_id = ${where}`}
          ${to === null ? sql`` : sql`and not ${answersIn(sql`membership.space_id`, sql`${to}`)}`}
        group by space_id) lost
        join membership am on am.space_id = lost.space_id and am.administrator = 1`,
    )
    .innerJoin(space, and(eq(space.id, sql`lost.space_id`), isNull(space.deletedAt)))
    .innerJoin(user, eq(user.id, sql`am.user_id`))
    .where(
      and(
        eq(user.kind, 'user'),
        eq(user.status, 'active'),
        ne(user.mailAbout, 'nothing'),
        ne(user.id, who.id),
        // Who does it knows.
        ne(user.id, ctx.actor?.id ?? ''),
      ),
    )
    .orderBy(space.id, user.id)
    .limit(MAILS);
  if (told.length === 0) return [];
  const { siteName } = await settings.read(ctx);
  const mails = await outbox.queueMany(
    ctx,
    told.map(({ user: person, spaceId, spaceName, guests }) => ({
      to: person.emailOriginal,
      locale: language.ofPerson(person),
      spaceId,
      userId: person.id,
      message: {
        kind: 'sponsor-lost' as const,
        siteName,
        spaceName,
        sponsor: who.name,
        guests,
        url: `${ctx.config.origin}/spaces/${spaceId}/settings/guests?status=unsponsored`,
      },
    })),
  );
  return mails.statements;
}
