import { and, eq, sql } from 'drizzle-orm';
import { DAY } from '../../time';
import type { Ctx } from '../context';
import * as language from '../language';
import * as outbox from '../mail/outbox';
import { hearsOfInvitations } from '../notifications/recipients';
import * as rateLimit from '../rate-limit';
import { space, user } from '../schema';
import * as settings from '../settings';
import type { Invitation } from './links';

/** Mails a day to one inviter: of more, the portal and the Guests tab tell. */
const A_DAY = 20;

/** To whoever sent the invitation, if they may still know of it and want mail. */
export async function overMail(
  ctx: Ctx,
  i: Pick<Invitation, 'id' | 'spaceId' | 'invitedBy' | 'email'>,
  { what, reason }: { what: 'declined' | 'bounced'; reason: string },
) {
  const [inviter] = await ctx.db
    .select({ user, spaceName: space.name })
    .from(user)
    .leftJoin(space, eq(space.id, sql`${i.spaceId}`))
    .where(
      and(
        eq(user.id, i.invitedBy),
        hearsOfInvitations(sql`${user.id}`, sql`${i.spaceId}`),
        sql`mail_about <> 'nothing'`,
      ),
    );
  if (!inviter) return null;
  const counter = rateLimit.key(ctx, 'invite', `over:${i.invitedBy}`);
  if ((await rateLimit.countInWindow(ctx, counter, A_DAY, DAY)).length === 0) return null;
  const { siteName } = await settings.read(ctx);
  return outbox.queue(ctx, {
    to: inviter.user.emailOriginal,
    locale: language.ofPerson(inviter.user),
    spaceId: i.spaceId,
    userId: i.invitedBy,
    message: {
      kind: 'invite-over',
      siteName,
      spaceName: inviter.spaceName,
      guestEmail: i.email,
      what,
      reason,
      url:
        ctx.config.origin +
        (i.spaceId === null
          ? '/admin/users'
          : `/spaces/${i.spaceId}/settings/guests?find=${encodeURIComponent(i.email)}`),
    },
  });
}
