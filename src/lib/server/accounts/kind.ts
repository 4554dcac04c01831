/** A guest becomes a user: by an invitation to the site (invitations/join.ts), or because an administrator says so (on-behalf.ts). */
import { and, eq } from 'drizzle-orm';
import { changed, must, type SignedIn, type Statement } from '../context';
import { record } from '../events';
import * as memberships from '../memberships';
import { threadPerson, user } from '../schema';

/** For a batch, which is undone if they are none any more. They stay in their spaces, as members. */
export const becomesUser = (
  ctx: SignedIn,
  userId: string,
  may: { administrator: boolean; canCreateSpaces: boolean },
): Statement[] => [
  ctx.db
    .update(user)
    .set({ kind: 'user', ...may })
    .where(and(eq(user.id, userId), eq(user.kind, 'guest'), eq(user.status, 'active'))),
  must(ctx, changed()),
  ...memberships.asUser(ctx, userId),
  ...memberships.accountChanged(ctx, userId),
  ctx.db.update(threadPerson).set({ guest: false }).where(eq(threadPerson.userId, userId)),
  ...record(ctx, {
    kind: 'account.permission-changed',
    subject: `user:${userId}`,
    detail: { kind: 'user', ...may },
  }),
];
