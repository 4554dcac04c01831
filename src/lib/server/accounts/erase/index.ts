/** Erasing a person (docs/erasure.md): what they wrote stays, as by somebody who is no longer here; all else about them goes. */
import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import { parseAddress } from '../../../addresses';
import type { Counts } from '../../../erased';
import * as access from '../../access';
import { followed, type Ctx, type SignedIn, type Statement } from '../../context';
import { Refusal } from '../../errors';
import { allow } from '../../policy';
import * as rateLimit from '../../rate-limit';
import * as sponsors from '../../sponsors';
import { erasure, membership, space, user } from '../../schema';
import * as typedAddress from '../../typed-address';
import { proved } from '../proof';
import { ending, sealed } from './account';
import { goOn } from './go-on';

export { goOn };

const NAMED = 3;

/** What somebody is told before they delete their own account. */
export async function beforehand(ctx: SignedIn) {
  const { id, administrator } = ctx.actor;
  const { another, spaces } = await ctx.read({
    another: ctx.db
      .select({ there: sql<number>`${access.hasActiveAdministrator('site', id)}`.as('there') })
      .from(sql`(select 1)`),
    // They will be "without an administrator".
    spaces: ctx.db
      .select({ name: space.name, count: sql<number>`count(*) over ()`.as('all_of_them') })
      .from(membership)
      .innerJoin(space, and(eq(space.id, membership.spaceId), isNull(space.deletedAt)))
      .where(
        and(
          eq(membership.userId, id),
          access.isActiveAdministratorOf(sql`membership.space_id`, id),
          sql`not ${access.hasActiveAdministrator(sql`membership.space_id`, id)}`,
        ),
      )
      .orderBy(space.name)
      .limit(NAMED),
  });
  return {
    lastAdministrator: administrator && another[0]?.there !== 1,
    spaces: spaces.map(({ name }) => name),
    moreSpaces: (spaces[0]?.count ?? 0) - spaces.length,
  };
}

type Typed = { current: string; typed: string; formKey?: string };

/** Names both faults. */
const checkBoth = (ctx: SignedIn, { current, typed, formKey }: Partial<Typed>) =>
  proved(ctx, { field: 'current', password: current, formKey }, () => {
    if (typed !== undefined && parseAddress(typed)?.email !== ctx.actor.email)
      throw new Refusal('invalid', { key: 'erase.wrong-address', field: 'typed' });
  });

/** What can be said of a form whose other field is empty. */
export async function judgeErasure(ctx: SignedIn, form: Partial<Typed>): Promise<void> {
  await (await checkBoth(ctx, form)).giveBack();
}

/** @param last `sealed` */
const row = (
  ctx: Ctx,
  { id, kind }: typeof user.$inferSelect,
  by: 'self' | 'administrator',
  last: string,
): Statement =>
  followed(ctx.db.insert(erasure).values({ userId: id, kind, by, at: ctx.now, sealed: last }), (system) =>
    goOn(system, id),
  );

const countsOf = async (ctx: Ctx, userId: string): Promise<Counts> =>
  (await ctx.db.select({ counts: erasure.counts }).from(erasure).where(eq(erasure.userId, userId)))[0]
    ?.counts ?? {};

/** Of the actor, who is signed out by it everywhere. @returns what has been erased so far */
export async function eraseSelf(ctx: SignedIn, form: Typed): Promise<Counts> {
  const { person, tried } = (await checkBoth(ctx, form)).right!;
  const changed = () =>
    ctx.db.$count(user, and(eq(user.id, person.id), ne(user.email, person.email), isNull(user.erasedAt)));
  const last = await sealed(ctx, person);
  const told = await sponsors.lost(ctx, { id: person.id, name: '' }, null);
  await ctx.commit(
    // By themselves, whose name nobody knows any more.
    [
      ending(ctx, person, { id: person.id, name: '' }, row(ctx, person, 'self', last)),
      rateLimit.settleSuccess(ctx, tried),
      ...told,
    ],
    // Also if they have just done it: then nobody is there to be told.
    {
      refusal: async () =>
        (await changed())
          ? new Refusal('conflict', { key: 'erase.wrong-address', field: 'typed' })
          : new Refusal('conflict', { key: 'erase.last-administrator' }),
    },
  );
  for (const cookie of ['foyer', 'foyer-step', 'foyer-device', 'foyer-held', 'foyer-trust'] as const)
    ctx.cookies.delete(cookie);
  typedAddress.forget(ctx);
  return countsOf(ctx, person.id);
}

/** A guest, by an administrator of the site. Twice is no error. @returns what has been erased so far */
export async function eraseGuest(ctx: SignedIn, userId: string): Promise<Counts> {
  allow(ctx, 'site.administer');
  const [person] = await ctx.db
    .select()
    .from(user)
    .where(and(eq(user.id, userId), eq(user.kind, 'guest')));
  if (!person) throw new Refusal('missing');
  const last = await sealed(ctx, person);
  if (person.erasedAt === null)
    await access.commitForSite(ctx, ending(ctx, person, ctx.actor, row(ctx, person, 'administrator', last)), {
      refusal: async () => {
        const [now] = await ctx.db
          .select({ email: user.email, erasedAt: user.erasedAt })
          .from(user)
          .where(eq(user.id, userId));
        if (now?.erasedAt !== null) return null;
        return now.email === person.email
          ? // They have become a user meanwhile.
            new Refusal('missing')
          : new Refusal('conflict', { key: 'guest-admin.account-changed' });
      },
    });
  return countsOf(ctx, userId);
}
