import { and, eq, isNull } from 'drizzle-orm';
import { becomesUser } from '../accounts/kind';
import type { SignedIn } from '../context';
import { record } from '../events';
import * as language from '../language';
import * as memberships from '../memberships';
import { user } from '../schema';
import { destinationOf, accept, linkAccount } from './accept';
import type { LinkKind } from './links';
import { findByToken, stateFrom } from './state';

/** An invitation to the actor's own address. One to the site makes a guest a user, with the rights granted. @returns where to go; null: the link has changed */
export async function join(ctx: SignedIn, token: string): Promise<string | null> {
  // Such a session may do nothing else; it comes back to this page.
  if (ctx.termsDue) return `/terms?next=/signup/${token}`;
  const found = await findByToken(ctx, token);
  const state = stateFrom(ctx, found);
  const { invitation: i } = found;
  if (state.state === 'member') return destinationOf(i.spaceId);
  if (state.state !== 'join') return null;
  const actor = ctx.actor;
  const { done } = await ctx.commit(
    [
      ...accept(ctx, i, found.linkKind as LinkKind),
      linkAccount(ctx, i.id, actor.id),
      i.spaceId !== null && memberships.join(ctx, i.spaceId, actor.id, i),
      actor.locale === null &&
        ctx.db
          .update(user)
          .set({ locale: language.ofInvited(ctx, i) })
          .where(and(eq(user.id, actor.id), isNull(user.locale))),
      ...(i.kind === 'user' && actor.kind === 'guest'
        ? becomesUser(ctx, actor.id, {
            administrator: i.administrator,
            canCreateSpaces: i.canCreateSpaces,
          })
        : []),
      record(ctx, {
        kind: 'invitation.accepted',
        subject: `invitation:${i.id}`,
        detail: { email: i.email, linkKind: found.linkKind },
        joined: { id: actor.id, kind: actor.kind, inviterId: i.invitedBy },
        spaceId: i.spaceId,
      }),
    ],
    { refusal: () => null },
  );
  return done ? destinationOf(i.spaceId) : null;
}
