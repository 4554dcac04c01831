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
import { askedSince, findByToken, stateFrom } from './state';

/**
 * Mails a day to one inviter, counted apart for each state: people who were removed use up nobody else's. The Guests tab shows
 * who asked for a new link anyway.
 */
const ASKED_A_DAY = { expired: 50, removed: 20 };

const recipientQuery = (ctx: Ctx, i: Invitation) =>
  ctx.db
    .select()
    .from(user)
    .where(sql`${user.id} in ${access.activeAdministratorsOf(i.spaceId ?? 'site')}`)
    .orderBy(sql`id = ${i.invitedBy} desc`, user.createdAt)
    .limit(1);

/** Where the inviter can do what is asked: "Resend" in the list, or a new invitation. */
const pageOf = ({ id, spaceId }: Invitation, state: 'expired' | 'removed'): string =>
  spaceId === null
    ? '/admin/users'
    : `/spaces/${spaceId}/settings/guests${state === 'removed' ? `/invite?asked=${id}` : ''}`;

/** Of an invitation that has expired, or by somebody who was removed after they had joined. */
export async function askAgain(ctx: Ctx, token: string): Promise<void> {
  const found = await findByToken(ctx, token);
  const { invitation: i, account } = found;
  const now = stateFrom(ctx, found);
  if ((now.state !== 'expired' && now.state !== 'removed') || now.asked) return;
  if (now.renewedBy === 'late' || now.renewedBy === 'nobody') return;
  const { state } = now;
  const [inviter] = await recipientQuery(ctx, i);
  if (!inviter) return;
  const counter = rateLimit.key(ctx, 'invite', `asked:${state}:${inviter.id}`);
  const room = await rateLimit.countInWindow(ctx, counter, ASKED_A_DAY[state], DAY);
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
      removed: state === 'removed',
      guest: state === 'removed' && account ? { actorName: account.name, guestOf: account.company } : null,
      url: ctx.config.origin + pageOf(i, state),
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
          .where(
            and(eq(invitation.id, i.id), sql`(asked_at is null or asked_at <= ${askedSince(ctx, found)})`),
          ),
        must(ctx, changed()),
        access.notArchived(ctx, i.spaceId),
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
