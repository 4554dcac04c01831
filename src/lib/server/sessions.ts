/** Only this file imports Lucia 3, which is in maintenance (docs/decisions/004-lucia.md). */
import { and, desc, eq, ne, sql, type SQL } from 'drizzle-orm';
import { Lucia, TimeSpan, type Adapter } from 'lucia';
import { MINUTE, SECOND } from '../time';
import { followed, type Actor, type Ctx, type Statement } from './context';
import { compiled } from './context/compiled';
import { hashToken, randomToken, sign, unsign } from './crypto';
import * as live from './live';
import * as networks from './networks';
import * as paging from './paging';
import * as terms from './terms/rule';
import { session, user, type Settings } from './schema';
import { lasts, limitsOf } from './session-limits';
import { parse, read, settingsColumn } from './settings';

declare module 'lucia' {
  interface Register {
    Lucia: ReturnType<typeof luciaOf>;
    DatabaseSessionAttributes: Record<never, never>;
    DatabaseUserAttributes: { actor: Actor; settings: Settings };
  }
}

/** Older than this, a request updates "last seen". With a short idle limit sooner: it is counted from there. */
const lastSeenStep = (idle: number): number => Math.min(5 * MINUTE, idle / 15);

const reads = compiled(({ db, now }: Ctx, { idHash }: { idHash: string }) => ({
  found: db
    .select({
      idHash: session.idHash,
      lastSeenAt: session.lastSeenAt,
      createdAt: session.createdAt,
      expiresAt: session.expiresAt,
      termsAccepted: terms.acceptedBy('user.id'),
      actor: actorOf(user),
      settings: settingsColumn,
    })
    .from(session)
    .innerJoin(user, and(eq(user.id, session.userId), eq(user.status, 'active')))
    .where(and(eq(session.idHash, idHash), lasts(now))),
}));

/** As `access.stillCreatesSpaces` asks it again. Administrators may in any case. */
const createsSpaces = (
  { spaceCreators }: Settings,
  actor: Pick<Actor, 'kind' | 'canCreateSpaces'>,
): boolean =>
  actor.kind === 'user' &&
  (spaceCreators === 'everyone' || (spaceCreators === 'chosen' && actor.canCreateSpaces));

type Found = Awaited<ReturnType<typeof find>>;

async function find(ctx: Ctx, token: string) {
  const { found } = await ctx.read(reads(ctx, { idHash: hashToken(token) }, {}));
  const [row] = found;
  if (!row) return undefined;
  const settings = parse(row.settings);
  return { ...row, settings, actor: { ...row.actor, canCreateSpaces: createsSpaces(settings, row.actor) } };
}

/**
 * One per request: its adapter uses this request's D1 and commit.
 * @param row of the session that is resumed; its limits are known by then
 */
function luciaOf(ctx: Ctx, { idle, absolute }: ReturnType<typeof limitsOf>, row?: Found) {
  const adapter: Adapter = {
    async getSessionAndUser(id) {
      if (!row) return [null, null];
      const { actor, settings } = row;
      if (!ctx.unattended && row.lastSeenAt < ctx.now - lastSeenStep(idle))
        ctx.defer(() =>
          ctx.db.update(session).set({ lastSeenAt: ctx.now }).where(eq(session.idHash, row.idHash)),
        );
      return [
        // The raw id: renewal passes it back, and a hash would be hashed twice.
        { id, userId: actor.id, expiresAt: new Date(row.expiresAt), attributes: {} },
        { id: actor.id, attributes: { actor, settings } },
      ];
    },
    async setSession({ id, userId, expiresAt }) {
      ctx.pending.push(
        ctx.db.insert(session).values({
          idHash: hashToken(id),
          userId,
          createdAt: ctx.now,
          lastSeenAt: ctx.now,
          expiresAt: expiresAt.getTime(),
          absoluteExpiresAt: ctx.now + absolute,
          ip: ctx.ip,
          userAgent: ctx.userAgent.slice(0, 300),
          country: ctx.place.country ?? null,
          city: ctx.place.city ?? null,
        }),
      );
    },
    async updateSessionExpiration(id, expiresAt) {
      if (ctx.unattended) return;
      ctx.defer(() =>
        ctx.db
          .update(session)
          .set({ expiresAt: sql`min(${expiresAt.getTime()}, absolute_expires_at)` })
          .where(eq(session.idHash, hashToken(id))),
      );
    },
    async deleteSession(id) {
      ctx.defer(() => ctx.db.delete(session).where(eq(session.idHash, hashToken(id))));
    },
    // Lucia never calls these; our own statements end sessions in the batch of the cause.
    getUserSessions: async () => [],
    deleteUserSessions: async () => {},
    deleteExpiredSessions: async () => {},
  };
  return new Lucia(adapter, {
    sessionExpiresIn: new TimeSpan(idle, 'ms'),
    getUserAttributes: ({ actor, settings }) => ({ actor, settings }),
  });
}

/** What acts in a request, of a row or of the columns of `user`. */
export const actorOf = <Of extends Record<keyof Stored, unknown>>(row: Of): Pick<Of, keyof Stored> => ({
  id: row.id,
  kind: row.kind,
  email: row.email,
  name: row.name,
  avatar: row.avatar,
  administrator: row.administrator,
  canCreateSpaces: row.canCreateSpaces,
  locale: row.locale,
  timeZone: row.timeZone,
  browserTimeZone: row.browserTimeZone,
});

type Stored = Omit<Actor, 'viewedBy'>;

/** One query; none without a cookie. */
export async function resume(ctx: Ctx): Promise<void> {
  const token = ctx.cookies.get('foyer');
  if (!token) return;
  const row = await find(ctx, token);
  if (!row) return ctx.cookies.delete('foyer');
  // The session stays: its owner may come back to where it counts.
  if (!networks.isAllowed(row.settings, row.actor, ctx.ip)) return void (ctx.outside = true);
  const limits = limitsOf(row.settings, row.actor.kind);
  const { session: found, user: owner } = await luciaOf(ctx, limits, row).validateSession(token);
  if (!found || !owner) return ctx.cookies.delete('foyer');
  ctx.actor = owner.actor;
  ctx.settings = owner.settings;
  ctx.termsDue = terms.isDue(owner.settings, owner.actor, row);
  ctx.sessionHash = hashToken(token);
  if (found.fresh && !ctx.unattended) ctx.cookies.set('foyer', token, limits.idle / SECOND);
}

/**
 * Call it before the commit that writes its insert.
 * @returns what sets the cookies once that has succeeded
 * @throws Refusal where the person may not be logged in from
 */
export async function begin(
  ctx: Ctx,
  person: Known & Pick<Actor, 'kind' | 'administrator'>,
): Promise<() => void> {
  const site = await read(ctx);
  networks.refuseOutside(site, person, ctx.ip);
  const limits = limitsOf(site, person.kind);
  const made = await luciaOf(ctx, limits).createSession(person.id, {}, { sessionId: randomToken() });
  // Ends the session of whoever was signed in here before.
  const { actor, sessionHash } = ctx;
  if (sessionHash) {
    const end = ctx.db.delete(session).where(eq(session.idHash, sessionHash));
    ctx.pending.push(actor ? followed(end, (system) => live.lookEverywhere(system, actor.id)) : end);
  }
  return () => {
    ctx.cookies.set('foyer', made.id, limits.idle / SECOND);
    remember(ctx, person);
    ctx.sessionHash = hashToken(made.id);
  };
}

/** A new password, a new address or a deactivation raises the epoch, and the browser is no longer known. */
type Known = Pick<typeof user.$inferSelect, 'id' | 'credentialEpoch'>;

/** The cookie names the account, not its address: that may be somebody else's later. */
export const remember = (ctx: Ctx, { id, credentialEpoch }: Known): void =>
  ctx.cookies.set(
    'foyer-device',
    sign(ctx.config.secret, DEVICE, `${randomToken()}.${credentialEpoch}.${id}`),
    365 * 86_400,
  );

const DEVICE = 'known-device';

/** Only if we signed the cookie. It may be older than the password. */
function device(ctx: Ctx): { value: string; of: Known } | null {
  const value = unsign(ctx.config.secret, DEVICE, ctx.cookies.get('foyer-device'));
  const [, epoch, id] = /^[a-z2-7]+\.(\d+)\.(.+)$/su.exec(value ?? '') ?? [];
  return value && id ? { value, of: { id, credentialEpoch: Number(epoch) } } : null;
}

/**
 * Before the account is known, so that a lock can ask. One query for a cookie that we signed, whatever name is typed: the time tells
 * nothing of the name, and strangers, who have no such cookie, cause none.
 */
export async function knownDevice(ctx: Ctx, email: string): Promise<string | null> {
  const found = device(ctx);
  if (!found) return null;
  const { id, credentialEpoch } = found.of;
  const [row] = await ctx.db
    .select({ email: user.email })
    .from(user)
    .where(and(eq(user.id, id), eq(user.credentialEpoch, credentialEpoch)));
  return row?.email === email ? found.value : null;
}

/** Whose account this browser has logged in to, even if the password has changed since; null if to none. */
export const deviceOwner = (ctx: Ctx): string | null => device(ctx)?.of.id ?? null;

export const endCurrent = (ctx: Ctx): Statement | null =>
  ctx.sessionHash ? ctx.db.delete(session).where(eq(session.idHash, ctx.sessionHash)) : null;

export const endAll = (ctx: Ctx, userId: string, except: string | null = null): Statement =>
  ctx.db
    .delete(session)
    .where(and(eq(session.userId, userId), except ? ne(session.idHash, except) : undefined));

export const endOne = (ctx: Ctx, userId: string, idHash: string): Statement =>
  ctx.db.delete(session).where(and(eq(session.userId, userId), eq(session.idHash, idHash)));

/** SQL: when somebody (`user`) was last here; null for never. */
export const lastVisit: SQL<number | null> = sql`nullif(max(coalesce(user.last_login_at, 0),
  coalesce((select max(s.last_seen_at) from session s where s.user_id = user.id), 0)), 0)`;

const SHOWN = 50;

/** The current one, then the newest first. For a batch; `pageOfUser` reads it. */
export const ofUser = (ctx: Ctx, userId: string, after: string | null = null) => {
  const last = paging.read(after, 'number', 'number', 'text');
  const current = sql<number>`${session.idHash} = ${ctx.sessionHash ?? ''}`;
  return (
    ctx.db
      .select({
        id: session.idHash,
        createdAt: session.createdAt,
        lastSeenAt: session.lastSeenAt,
        ip: session.ip,
        userAgent: session.userAgent,
        country: session.country,
        city: session.city,
        current: current.mapWith(Boolean).as('current'),
      })
      .from(session)
      .innerJoin(user, eq(user.id, session.userId))
      .where(
        and(
          eq(session.userId, userId),
          lasts(ctx.now),
          last
            ? sql`(${current}, ${session.createdAt}, ${session.idHash}) < (${last[0]}, ${last[1]}, ${last[2]})`
            : undefined,
        ),
      )
      // By something that never changes; otherwise a session in use would move between pages.
      .orderBy(desc(current), desc(session.createdAt), desc(session.idHash))
      .limit(SHOWN + 1)
  );
};

export const pageOfUser = (found: Awaited<ReturnType<typeof ofUser>>) =>
  paging.paged(found, SHOWN, (row) => [row.current ? 1 : 0, row.createdAt, row.id]);

/** People whose pages are told: those of others find out with their next question. */
const TOLD = 50;

/** Ends what is past a limit. Around a change of the limits: a session that has ended is not brought back by longer ones. */
export const endOver = (ctx: Ctx): Statement =>
  followed(
    ctx.db.all<{ userId: string }>(sql`
      delete from session where id_hash not in
        (select session.id_hash from session join user on user.id = session.user_id where ${lasts(ctx.now)})
      returning user_id as "userId"`),
    async (system, ended) => {
      const people = [...new Set(ended.map(({ userId }) => userId))];
      for (const id of people.slice(0, TOLD)) await live.lookEverywhere(system, id);
    },
  );

/** Cron, some at a time. The absolute limit caps the idle one; see renewal. */
export const purge = (ctx: Ctx): Statement =>
  ctx.db.run(sql`delete from session where id_hash in
    (select id_hash from session where expires_at <= ${ctx.now} limit 500)`);
