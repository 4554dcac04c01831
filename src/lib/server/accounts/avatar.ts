import { and, eq, isNotNull } from 'drizzle-orm';
import { changed, must, type SignedIn } from '../context';
import { Refusal } from '../errors';
import { record } from '../events';
import * as files from '../files';
import { user } from '../schema';

/** With scripts the browser has cut it, and sends a smaller one for lists. */
export async function setAvatar(ctx: SignedIn, [picture]: File[], [small]: File[]): Promise<void> {
  if (!picture) throw new Refusal('invalid', { key: 'avatar.missing', field: 'picture' });
  const id = await files.storeAvatar(ctx, picture, small);
  await ctx.commit([
    ctx.db.update(user).set({ avatar: id, updatedAt: ctx.now }).where(eq(user.id, ctx.actor.id)),
    // Not of somebody who was erased meanwhile.
    must(ctx, changed()),
    ...files.useAvatar(ctx, id),
    record(ctx, { kind: 'account.changed', subject: `user:${ctx.actor.id}`, detail: { picture: true } }),
  ]);
}

export async function removeAvatar(ctx: SignedIn): Promise<void> {
  await ctx.commit(
    [
      ctx.db
        .update(user)
        .set({ avatar: null, updatedAt: ctx.now })
        .where(and(eq(user.id, ctx.actor.id), isNotNull(user.avatar))),
      must(ctx, changed()),
      ...files.useAvatar(ctx, null),
      record(ctx, { kind: 'account.changed', subject: `user:${ctx.actor.id}`, detail: { picture: false } }),
    ],
    // There is none already.
    { refusal: () => null },
  );
}
