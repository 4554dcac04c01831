/**
 * Throttles: a counter rises conditionally *before* a password or code is compared, so a hundred parallel tries
 * are a hundred counted tries. Keys are keyed hashes; no address stands in the table readable.
 */
import { inArray, sql, type SQL } from 'drizzle-orm';
import type { Ctx, Statement } from './context';
import { keyedHashes } from './crypto';
import { Refusal } from './errors';
import { throttle } from './schema';

const MINUTE = 60_000;
/** Failures in a row that lock, and for how long: the first lock, the second, …, every later one. */
const FAILURES_IN_A_ROW = 10;
/** A counter that nobody touched for a day starts anew. */
const FORGET_AFTER = 24 * 60 * MINUTE;

/** What a counter counts: tries of a login name, of a known browser, of an client address; mails asked for, codes, … */
export type ThrottleKind = 'name' | 'device' | 'ip' | 'forgot' | 'code' | 'invite' | 'post' | 'author';

/** Where a counter stands: under the current secret, or since before the secret was changed. */
export type ThrottleKey = readonly [current: string, ...previous: string[]];

/** The key of a login name, a device, an client address, … */
export const key = (ctx: Ctx, kind: ThrottleKind, value: string): ThrottleKey =>
  keyedHashes(ctx.config.secret, 'throttle', `${kind}:${value}`).map(
    (hash) => `${kind}:${hash}`,
  ) as unknown as ThrottleKey;

/** The rows of a counter. */
const rows = (of: ThrottleKey): SQL => inArray(throttle.key, [...of]);

/** The row that a counter goes on in: a new one stands under the current secret. */
const rowOf = ([current, ...previous]: ThrottleKey): string | SQL =>
  previous.length
    ? sql`coalesce((select key from throttle where key in ${previous} limit 1), ${current})`
    : current;

/** The client address as it is counted: IPv4 whole (also written as ::ffff:192.0.2.7), IPv6 by its /64. */
export function clientIpGroup(ip: string): string {
  if (!ip.includes(':') || ip.includes('.')) return ip.slice(ip.lastIndexOf(':') + 1);
  const [head = '', tail] = ip.toLowerCase().split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}

/**
 * Counts one try of a login name or device; returns no row while it is locked. The tenth failure in a row locks for
 * 3 minutes, the next ten for 6, then 12, then 15 at most. `succeed` starts it anew.
 */
export const countInARow = (ctx: Ctx, of: ThrottleKey) => {
  const old = sql`updated_at < ${ctx.now - FORGET_AFTER}`;
  const tenth = sql`(failures + 1) % ${FAILURES_IN_A_ROW} = 0`;
  return ctx.db
    .insert(throttle)
    .values({ key: rowOf(of), failures: 1, windowStartedAt: ctx.now, updatedAt: ctx.now })
    .onConflictDoUpdate({
      target: throttle.key,
      set: {
        failures: sql`case when ${old} then 1 else (failures + 1) % ${FAILURES_IN_A_ROW} end`,
        locks: sql`case when ${old} then 0 when ${tenth} then locks + 1 else locks end`,
        lockedUntil: sql`case when not ${old} and ${tenth}
          then ${ctx.now} + ${MINUTE} * min(15, 3 * (1 << min(locks, 3))) else 0 end`,
        updatedAt: sql`${ctx.now}`,
      },
      setWhere: sql`locked_until <= ${ctx.now} or ${old}`,
    })
    .returning({ failures: throttle.failures, lockedUntil: throttle.lockedUntil });
};

/** Counts `by` within a window; returns no row when that would pass the limit. */
export const countInWindow = (ctx: Ctx, of: ThrottleKey, limit: number, windowMs: number, by = 1) => {
  const fresh = sql`window_started_at <= ${ctx.now - windowMs}`;
  return ctx.db
    .insert(throttle)
    .values({ key: rowOf(of), failures: by, windowStartedAt: ctx.now, updatedAt: ctx.now })
    .onConflictDoUpdate({
      target: throttle.key,
      set: {
        failures: sql`case when ${fresh} then ${by} else failures + ${by} end`,
        windowStartedAt: sql`case when ${fresh} then ${ctx.now} else window_started_at end`,
        updatedAt: sql`${ctx.now}`,
      },
      setWhere: sql`${fresh} or failures + ${by} <= ${limit}`,
    })
    .returning({ failures: throttle.failures });
};

/** How long a counter that has reached its limit stays there; 0 when it has not. */
export async function windowLeft(
  ctx: Ctx,
  of: ThrottleKey,
  windowMs: number,
  limit: number,
): Promise<number> {
  const [row] = await ctx.db
    .select({ since: throttle.windowStartedAt, counted: throttle.failures })
    .from(throttle)
    .where(rows(of));
  return row && row.counted >= limit ? Math.max(0, row.since + windowMs - ctx.now) : 0;
}

/** Counts one for each of many keys within a window, as one statement: what would pass the limit is not changed. */
export const countEach = (ctx: Ctx, of: ThrottleKey[], limit: number, windowMs: number): Statement => {
  const fresh = sql`window_started_at <= ${ctx.now - windowMs}`;
  return ctx.db.run(sql`
    insert into throttle (key, failures, locks, window_started_at, locked_until, updated_at)
    select coalesce((select t.key from throttle t where t.key in (select k.value from json_each(r.value) k where k.key > 0) limit 1),
      json_extract(r.value, '$[0]')), 1, 0, ${ctx.now}, 0, ${ctx.now}
    from json_each(${JSON.stringify(of)}) r where true
    on conflict (key) do update set failures = iif(${fresh}, 1, failures + 1),
      window_started_at = iif(${fresh}, ${ctx.now}, window_started_at), updated_at = ${ctx.now}
    where ${fresh} or failures + 1 <= ${limit}`);
};

/**
 * For a batch: counts as many as the statement before it has changed, while the limit is not reached (what begins below it
 * goes out whole). Changes no row when it is: `must(ctx, changed())` behind it undoes the batch.
 */
export const countChanges = (ctx: Ctx, of: ThrottleKey, limit: number, windowMs: number): Statement => {
  const fresh = sql`window_started_at <= ${ctx.now - windowMs}`;
  return ctx.db.run(sql`
    insert into throttle (key, failures, window_started_at, updated_at)
    select ${rowOf(of)}, changes(), ${ctx.now}, ${ctx.now} where true
    on conflict do update set
      failures = case when ${fresh} then excluded.failures else failures + excluded.failures end,
      window_started_at = case when ${fresh} then ${ctx.now} else window_started_at end,
      updated_at = ${ctx.now}
    where ${fresh} or failures < ${limit}`);
};

/** Failures of one client address: 100 in 15 minutes. Counted before, given back by `giveBack` on success. */
const CLIENT_IP_FAILURES = 100;
const FAILURE_WINDOW = 15 * MINUTE;
export const countClientIp = (ctx: Ctx) =>
  countInWindow(ctx, clientIpKey(ctx), CLIENT_IP_FAILURES, FAILURE_WINDOW);
export const clientIpKey = (ctx: Ctx): ThrottleKey => key(ctx, 'ip', clientIpGroup(ctx.ip));

/** Takes one counted try back: it was no failure (and lifts the lock that this very try had set). */
export const giveBack = (ctx: Ctx, of: ThrottleKey): Statement =>
  ctx.db
    .update(throttle)
    .set({
      locks: sql`case when failures = 0 and locked_until > ${ctx.now} then max(0, locks - 1) else locks end`,
      lockedUntil: sql`case when failures = 0 then 0 else locked_until end`,
      failures: sql`case when failures = 0 and locked_until > ${ctx.now} then ${FAILURES_IN_A_ROW - 1} else max(0, failures - 1) end`,
    })
    .where(rows(of));

/** The row ends: a login was completed, or a password reset. */
export const succeed = (ctx: Ctx, of: ThrottleKey): Statement => ctx.db.delete(throttle).where(rows(of));

/** When a locked key may be tried again; 0 when it is not locked. */
export async function lockedUntil(ctx: Ctx, of: ThrottleKey): Promise<number> {
  const [row] = await ctx.db.select({ lockedUntil: throttle.lockedUntil }).from(throttle).where(rows(of));
  return row?.lockedUntil ?? 0;
}

/** One try of a password or a code, and what it is counted on. */
export interface Try {
  inARow: ThrottleKey;
  /** All known browsers of the name together; null for a browser that is not known, or counts as such. */
  together: ThrottleKey | null;
  /** null: a browser that is known is not stopped by its neighbours, and stops none of them. */
  clientIp: ThrottleKey | null;
  /** The form that it came with, and what stood in it; null where the form had no key. */
  post: ThrottleKey | null;
}

/** Failures of all known browsers of one login name in 15 minutes. Beyond, they count like any other browser. */
const KNOWN_FAILURES = 50;

/**
 * Whose try this is. A known browser counts on its own: neither the failures of others lock it nor its own anybody
 * else. But whoever has the password once can make any number of known browsers, so they have a bound together, which
 * nobody else can raise.
 * @param whose the login name (or what else is tried), and where its failures in a row stand
 * @param device the id of the browser when it is known; it is counted here, so ask only for a try that is made
 */
export async function tryOf(
  ctx: Ctx,
  whose: { kind: 'name' | 'code'; value: string; device: string | null },
  post: ThrottleKey | null,
): Promise<Try> {
  const { kind, value, device } = whose;
  if (device !== null) {
    const together = key(ctx, 'device', `all of ${value}`);
    const [room] = await ctx.db.batch([countInWindow(ctx, together, KNOWN_FAILURES, FAILURE_WINDOW)]);
    if (room.length)
      return {
        inARow: key(ctx, kind === 'name' ? 'device' : 'code', device),
        together,
        clientIp: null,
        post,
      };
  }
  return { inARow: key(ctx, kind, value), together: null, clientIp: clientIpKey(ctx), post };
}

/**
 * One form with one content. A form has a long random key, so the row tells nothing of what was typed: who reads it
 * does not know the key and cannot try passwords on it. And who chooses a key themselves wins nothing: another guess is
 * another content.
 */
export const postKey = (ctx: Ctx, formKey: string | undefined, ...content: string[]): ThrottleKey | null =>
  formKey ? key(ctx, 'post', JSON.stringify([formKey, ...content])) : null;

/** For so long a form that is posted again is the same try. */
const SAME_POST = 10 * MINUTE;
/** A try that has not been decided for so long broke off. */
const BROKE_OFF = 10_000;
/** How long a second post waits for what the first one learns, and in which steps. */
const PATIENCE = 4_000;
const STEP = 100;

/**
 * Whether this very form with this content was refused a moment ago: a double click, a reload, a retry of the network.
 * It is neither counted nor compared again. While the first one is still being decided, the others wait for it.
 * Of many at the same time one gets `false`, and must say how it ended: `failed`, `succeeded`, `noFailure` or `release`.
 */
export async function isRepeated(ctx: Ctx, { post }: Pick<Try, 'post'>): Promise<boolean> {
  if (!post) return false;
  for (let waited = 0; waited < PATIENCE; waited += STEP) {
    const now = ctx.now + waited;
    const [mine, found] = await ctx.db.batch([
      ctx.db
        .insert(throttle)
        .values({ key: rowOf(post), failures: 0, windowStartedAt: now, updatedAt: now })
        .onConflictDoUpdate({
          target: throttle.key,
          set: { failures: 0, windowStartedAt: now, updatedAt: now },
          setWhere: sql`updated_at <= ${now - SAME_POST} or (failures = 0 and updated_at <= ${now - BROKE_OFF})`,
        })
        .returning({ key: throttle.key }),
      ctx.db.select({ refused: throttle.failures }).from(throttle).where(rows(post)),
    ]);
    if (mine.length) return false;
    if (found[0]?.refused) return true;
    await new Promise((resolve) => setTimeout(resolve, STEP));
  }
  return false;
}

/** The two statements that count a try, before anything is compared; `decide` reads what they return. */
export const counting = (ctx: Ctx, of: Try) =>
  [
    countInARow(ctx, of.inARow),
    of.clientIp ? countClientIp(ctx) : ctx.db.select({ failures: sql<number>`0` }).from(sql`(select 1)`),
  ] as const;

type Counted = { failures: number; lockedUntil: number }[];

/** Refuses a try that was over a limit. @returns what this try locks, should it fail */
export async function decide(
  ctx: Ctx,
  of: Try,
  inARow: Counted,
  clientIps: { failures: number }[],
): Promise<('name' | 'address')[]> {
  if (inARow.length && clientIps.length)
    return [
      ...(inARow[0]!.lockedUntil > ctx.now ? ['name' as const] : []),
      ...(of.clientIp && clientIps[0]!.failures === CLIENT_IP_FAILURES ? ['address' as const] : []),
    ];
  const undo = [
    // Who is over the limit of an address locks nobody's name with it.
    ...(inARow.length ? [giveBack(ctx, of.inARow)] : []),
    ...(clientIps.length && of.clientIp ? [giveBack(ctx, of.clientIp)] : []),
    ...(of.together ? [giveBack(ctx, of.together)] : []),
    ...release(ctx, of),
  ];
  if (undo.length) await ctx.db.batch(undo as [Statement, ...Statement[]]);
  const until = inARow.length ? ctx.now + FAILURE_WINDOW : await lockedUntil(ctx, of.inARow);
  throw new Refusal('throttled', {
    key: 'login.throttled',
    params: { minutes: Math.max(1, Math.ceil((until - ctx.now) / MINUTE)) },
  });
}

/** It was wrong: the same form again is no new failure. */
export const failed = (ctx: Ctx, { post }: Pick<Try, 'post'>): Statement[] =>
  post ? [ctx.db.update(throttle).set({ failures: 1, updatedAt: ctx.now }).where(rows(post))] : [];

/** The wider counts of a try, taken back. */
const noFailureOf = (ctx: Ctx, of: Try): Statement[] =>
  [of.clientIp, of.together].flatMap((counter) => (counter ? [giveBack(ctx, counter)] : []));

/** It was right, and somebody is in: the row of failures ends. */
export const succeeded = (ctx: Ctx, of: Try): Statement[] => [
  succeed(ctx, of.inARow),
  ...noFailureOf(ctx, of),
  ...release(ctx, of),
];

/** It was right, but nobody is in yet: it does not count, and neither ends the row of failures. */
export const noFailure = (ctx: Ctx, of: Try): Statement[] => [
  giveBack(ctx, of.inARow),
  ...noFailureOf(ctx, of),
  ...release(ctx, of),
];

/** The form may be posted again. */
export const release = (ctx: Ctx, { post }: Pick<Try, 'post'>): Statement[] =>
  post ? [ctx.db.delete(throttle).where(rows(post))] : [];

/** Cron: forgets counters that nobody touched for two days, some at a time. */
export const purge = (ctx: Ctx): Statement =>
  ctx.db.run(sql`delete from throttle where key in
    (select key from throttle where updated_at < ${ctx.now - 2 * FORGET_AFTER} limit 500)`);
