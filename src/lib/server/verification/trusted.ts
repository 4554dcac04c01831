/** Browsers in which a guest has asked to skip the second step. The cookie holds a random token, D1 its hash. Nothing else is skipped. */
import { and, desc, eq, gt, sql } from 'drizzle-orm';
import { DAY, SECOND } from '../../time';
import { changed, must, type Batch, type Ctx, type Statement } from '../context';
import { hashToken, keyedHash } from '../crypto';
import { record } from '../events';
import { storedNumber, trustedBrowser, user, type Settings } from '../schema';

/** Of one person; a further one ends the oldest. */
const MOST = 20;

type Person = Pick<typeof user.$inferSelect, 'id' | 'kind' | 'name' | 'emailVerifiedAt'>;

/** SQL: the site allows it now, and has allowed it all the time since. */
const lasts = (ctx: Ctx) =>
  and(
    sql`(select value from setting where key = 'trustBrowsers') = 'true'`,
    gt(trustedBrowser.expiresAt, ctx.now),
    sql`trusted_browser.created_at >= ${storedNumber('trustedSince')}`,
    sql`trusted_browser.created_at > ${ctx.now} - ${DAY} * ${storedNumber('trustedDays')}`,
  );

/** Users are asked for a code at each login, and so is everybody whose mailbox is not proved. */
const mayTrust = ({ kind, emailVerifiedAt }: Person): boolean => kind === 'guest' && emailVerifiedAt !== null;

const here = (ctx: Ctx): string | null => {
  const token = ctx.cookies.get('foyer-trust');
  return token ? hashToken(token) : null;
};

/** Undoes the batch of the login if this browser is not trusted any more. Null: it is not. */
export async function skip(ctx: Ctx, person: Person): Promise<Statement[] | null> {
  const id = here(ctx);
  if (!id || !mayTrust(person)) return null;
  const theirs = and(eq(trustedBrowser.id, id), eq(trustedBrowser.userId, person.id), lasts(ctx));
  if (!(await ctx.db.$count(trustedBrowser, theirs))) return null;
  return [ctx.db.update(trustedBrowser).set({ lastUsedAt: ctx.now }).where(theirs), must(ctx, changed())];
}

/**
 * For the batch of a login that a code has completed. The token follows from that login, so that a double click makes one.
 * @returns also what sets the cookie once that has succeeded
 */
export function trust(
  ctx: Ctx,
  person: Person,
  site: Pick<Settings, 'trustBrowsers' | 'trustedDays'>,
): { batch: Batch; keep: () => void } | null {
  const step = ctx.cookies.get('foyer-step');
  if (!site.trustBrowsers || person.kind !== 'guest' || !step) return null;
  const token = keyedHash(ctx.config.secret, 'trusted-browser', step);
  const [id, before] = [hashToken(token), here(ctx)];
  const lives = site.trustedDays * DAY;
  return {
    batch: [
      before !== null && before !== id && ctx.db.delete(trustedBrowser).where(eq(trustedBrowser.id, before)),
      ctx.db
        .insert(trustedBrowser)
        .values({
          id,
          userId: person.id,
          createdAt: ctx.now,
          lastUsedAt: ctx.now,
          expiresAt: ctx.now + lives,
          userAgent: ctx.userAgent.slice(0, 300),
          country: ctx.place.country ?? null,
          city: ctx.place.city ?? null,
        })
        .onConflictDoNothing(),
      ctx.db.run(sql`delete from trusted_browser where user_id = ${person.id} and id not in
        (select id from trusted_browser where user_id = ${person.id} order by created_at desc, id limit ${MOST})`),
      record(ctx, { kind: 'account.browser-trusted', subject: `user:${person.id}`, by: person }),
    ],
    keep: () => ctx.cookies.set('foyer-trust', token, lives / SECOND),
  };
}

/** Newest first. There are twenty at most. */
export const trustedOf = (ctx: Ctx, userId: string) =>
  ctx.db
    .select({
      id: trustedBrowser.id,
      createdAt: trustedBrowser.createdAt,
      lastUsedAt: trustedBrowser.lastUsedAt,
      expiresAt: sql<number>`min(${trustedBrowser.expiresAt},
        ${trustedBrowser.createdAt} + ${DAY} * ${storedNumber('trustedDays')})`
        .mapWith(Number)
        .as('ends_at'),
      userAgent: trustedBrowser.userAgent,
      country: trustedBrowser.country,
      city: trustedBrowser.city,
      current: sql<number>`${trustedBrowser.id} = ${here(ctx) ?? ''}`.mapWith(Boolean).as('current'),
    })
    .from(trustedBrowser)
    .where(and(eq(trustedBrowser.userId, userId), lasts(ctx)))
    .orderBy(desc(trustedBrowser.createdAt), desc(trustedBrowser.id));

export const endTrust = (ctx: Ctx, userId: string, id: string | null = null): Statement =>
  ctx.db
    .delete(trustedBrowser)
    .where(and(eq(trustedBrowser.userId, userId), id ? eq(trustedBrowser.id, id) : undefined));

/** Belongs to the change of the setting: what was trusted before is not trusted again when it is turned on again. */
export const trustEnds = (
  ctx: Ctx,
  before: Settings,
  { trustBrowsers }: Pick<Settings, 'trustBrowsers'>,
): Partial<Settings> => (before.trustBrowsers && !trustBrowsers ? { trustedSince: ctx.now } : {});

export const purgeTrust = (ctx: Ctx): Statement =>
  ctx.db.run(sql`delete from trusted_browser where id in
    (select id from trusted_browser where expires_at <= ${ctx.now} limit 500)`);
