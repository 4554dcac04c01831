import { and, eq, sql } from 'drizzle-orm';
import { DAY } from '../../time';
import * as access from '../access';
import { changed, must, type Ctx } from '../context';
import { nobody, record } from '../events';
import * as language from '../language';
import * as outbox from '../mail/outbox';
import * as rateLimit from '../rate-limit';
import { invitation, user } from '../schema';
import type { Invitation } from './links';
import { findByToken, stateFrom } from './state';

/** Mails a day to one inviter. The Guests tab shows who asked anyway. */
const ASKED_A_DAY = 50;

const recipientQuery = (ctx: Ctx, i: Invitation) =>
  ctx.db
    .select()
    .from(user)
    .where(sql`${user.id} in ${access.activeAdministratorsOf(i.spaceId ?? 'site')}`)
    .orderBy(sql`id = ${i.invitedBy} desc`, user.createdAt)
    .limit(1);

export async function askAgain(ctx: Ctx, token: string): Promise<void> {
  const found = await findByToken(ctx, token);
  const { invitation: i } = found;
  if (stateFrom(ctx, found).state !== 'expired') return;
  if (i.askedAt !== null && i.askedAt > ctx.now - DAY) return;
  const [inviter] = await recipientQuery(ctx, i);
  if (!inviter) return;
  const counter = rateLimit.key(ctx, 'invite', `asked:${inviter.id}`);
  const room = await rateLimit.countInWindow(ctx, counter, ASKED_A_DAY, DAY);
  const mail = {
    to: inviter.emailOriginal,
    locale: language.ofPerson(inviter),
    spaceId: i.spaceId,
    userId: inviter.id,
    countedOn: [counter],
    message: {
      kind: 'link-asked' as const,
      siteName: found.site.siteName,
      spaceName: found.spaceName ?? found.site.siteName,
      guestEmail: i.email,
      url: ctx.config.origin + (i.spaceId === null ? '/admin/users' : `/spaces/${i.spaceId}/settings/guests`),
    },
  };
  const queued = room.length > 0 && (await outbox.queue(ctx, mail));
  let written = false;
  try {
    ({ done: written } = await ctx.commit(
      [
        ctx.db
          .update(invitation)
          .set({ askedAt: ctx.now })
          .where(and(eq(invitation.id, i.id), sql`(asked_at is null or asked_at <= ${ctx.now - DAY})`)),
        must(ctx, changed()),
        queued && queued.statement,
        record(ctx, {
          kind: 'invitation.asked-again',
          subject: `invitation:${i.id}`,
          detail: { email: i.email },
          spaceId: i.spaceId,
          by: nobody,
        }),
      ],
      { refusal: () => null },
    ));
  } finally {
    // It was counted outside the batch.
    if (!written && queued) await ctx.db.batch([rateLimit.refund(ctx, counter)]);
  }
}
