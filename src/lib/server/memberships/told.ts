/** Mails about the end of a guest's access: to the guest, and to whoever answers for them. */
import { sql } from 'drizzle-orm';
import type { Ctx } from '../context';
import * as language from '../language';
import * as outbox from '../mail/outbox';
import { user } from '../schema';
import * as settings from '../settings';
import { answersIn } from '../sponsors';

type User = typeof user.$inferSelect;

/** Without a sponsor, whoever runs the space: of more, the Guests tab tells. */
const INSTEAD = 5;

/** Who answers for the guest, or else who runs the space. */
export const answeringQuery = (ctx: Ctx, spaceId: number, sponsorId: string | null) => {
  const sponsor = answersIn(sql`${spaceId}`, sql`${sponsorId}`);
  return ctx.db
    .select()
    .from(user)
    .where(
      sql`${user.mailAbout} <> 'nothing' and (${user.id} = ${sponsorId} and ${sponsor}
        or not ${sponsor} and ${user.id} in (select am.user_id from membership am join user au on au.id = am.user_id
          where am.space_id = ${spaceId} and am.administrator = 1 and au.kind = 'user' and au.status = 'active'))`,
    )
    .orderBy(user.createdAt, user.id)
    .limit(INSTEAD);
};

interface About {
  user: User;
  spaceName: string;
}

export async function changedMail(
  ctx: Ctx,
  spaceId: number,
  { user: guest, spaceName }: About,
  endsAt: number | null,
  declined = false,
) {
  if (guest.status !== 'active') return null;
  const { siteName } = await settings.read(ctx);
  return outbox.queue(ctx, {
    to: guest.emailOriginal,
    locale: language.ofPerson(guest),
    spaceId,
    userId: guest.id,
    message: {
      kind: 'access-changed',
      siteName,
      spaceName,
      endsAt,
      timeZone: guest.timeZone,
      declined,
      url: ctx.config.origin + (declined ? '/me#spaces' : `/spaces/${spaceId}`),
    },
  });
}

/** @param what a reminder, the end itself, or that the guest asks for more time (which they know) */
export async function endMails(
  ctx: Ctx,
  spaceId: number,
  { user: guest, spaceName, sponsorId }: About & { sponsorId: string | null },
  endsAt: number,
  what: 'soon' | 'ended' | 'asked',
) {
  const { siteName } = await settings.read(ctx);
  const answering = await answeringQuery(ctx, spaceId, sponsorId);
  const about = { kind: 'access-ends' as const, siteName, spaceName, endsAt, what };
  return outbox.queueMany(ctx, [
    ...(what !== 'asked' && guest.status === 'active'
      ? [
          {
            to: guest.emailOriginal,
            locale: language.ofPerson(guest),
            userId: guest.id,
            message: {
              ...about,
              timeZone: guest.timeZone,
              guest: null,
              url: `${ctx.config.origin}/me#spaces`,
            },
          },
        ]
      : []),
    ...answering.map((person) => ({
      to: person.emailOriginal,
      locale: language.ofPerson(person),
      spaceId,
      userId: person.id,
      message: {
        ...about,
        timeZone: person.timeZone,
        guest: { actorName: guest.name, guestOf: guest.company },
        url: `${ctx.config.origin}/spaces/${spaceId}/access/${guest.id}`,
      },
    })),
  ]);
}
