import { and, eq, ne, or, sql } from 'drizzle-orm';
import { maskAddress } from '../../addresses';
import { changed, must, type Ctx, type SignedIn } from '../context';
import { Refusal } from '../errors';
import { nobody, record } from '../events';
import { user } from '../schema';
import { nextMorning } from '../notifications/mornings';
import { ownerOf } from '../notifications/unsubscribe-link';

export type MailAbout = (typeof user.$inferSelect)['mailAbout'];

/** If the daily mail is switched off, what waits for it is mailed now or never. */
export async function setNotifications(
  ctx: SignedIn,
  form: { mailAbout: MailAbout; digest: boolean },
): Promise<void> {
  const id = ctx.actor.id;
  const waiting = sql`where user_id = ${id} and mail_at is not null`;
  const { mailAbout, digest } = form;
  await ctx.commit(
    [
      ctx.db
        .update(user)
        .set({ ...form, digestAt: nextMorning(ctx.timeZone, ctx.now), updatedAt: ctx.now })
        .where(and(eq(user.id, id), or(ne(user.mailAbout, mailAbout), ne(user.digest, digest)))),
      must(ctx, changed()),
      form.mailAbout === 'nothing'
        ? ctx.db.run(sql`update notification set mail_at = null ${waiting}`)
        : !form.digest && ctx.db.run(sql`update notification set mail_at = ${ctx.now} ${waiting}`),
      record(ctx, { kind: 'account.changed', subject: `user:${id}`, detail: { ...form } }),
    ],
    { refusal: () => null },
  );
}

/** Whose mails the link stops (shortened, because mails get forwarded), and whether it has. */
export async function unsubscribeTarget(
  ctx: Ctx,
  token: string,
): Promise<{ email: string; stopped: boolean } | null> {
  const id = ownerOf(ctx, token);
  if (!id) return null;
  const [row] = await ctx.db
    .select({ email: user.emailOriginal, mailAbout: user.mailAbout })
    .from(user)
    .where(eq(user.id, id));
  return row ? { email: maskAddress(row.email), stopped: row.mailAbout === 'nothing' } : null;
}

/** The token is the permission, whoever is signed in. */
export async function unsubscribe(ctx: Ctx, token: string): Promise<void> {
  const id = ownerOf(ctx, token);
  if (!id) throw new Refusal('missing');
  await ctx.commit(
    [
      ctx.db
        .update(user)
        .set({ mailAbout: 'nothing', updatedAt: ctx.now })
        .where(and(eq(user.id, id), ne(user.mailAbout, 'nothing'))),
      must(ctx, changed()),
      ctx.db.run(sql`update notification set mail_at = null where user_id = ${id} and mail_at is not null`),
      record(ctx, {
        kind: 'account.changed',
        subject: `user:${id}`,
        detail: { mailAbout: 'nothing', by: 'link' },
        by: nobody,
      }),
    ],
    {
      refusal: async () => ((await ctx.db.$count(user, eq(user.id, id))) ? null : new Refusal('missing')),
    },
  );
}
