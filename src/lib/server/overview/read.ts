import { sql } from 'drizzle-orm';
import type { FileCategory } from '../../files';
import { DAY } from '../../time';
import { nobodyAdministers } from '../administrators';
import type { SignedIn } from '../context';
import * as outbox from '../mail/outbox';
import { allow } from '../policy';
import { siteCount } from '../schema';
import { AGES, walkNames, WEEKS, weekBegins, weekOf, type Sums, type WalkName } from './walks';

/** What is counted up to, on the page itself: of more it says so. */
export const MOST = 100;

/** The page "Overview" of the administration: what needs attention, and what cron has counted. */
export async function read(ctx: SignedIn) {
  allow(ctx, 'site.administer');
  const upTo = (rows: ReturnType<typeof sql>) => sql`(select count(*) from (${rows} limit ${MOST + 1}))`;
  const { counts, now, waiting, sent, without } = await ctx.read({
    counts: ctx.db.select().from(siteCount),
    now: ctx.db.all<{ failed: number; kept: number; locked: number }>(sql`select
      ${upTo(sql`select 1 from mail where status = 'failed'`)} failed,
      ${upTo(sql`select 1 from mail where status = 'failed' and sealed is not null`)} kept,
      ${upTo(sql`select distinct user_id from throttle where user_id is not null and locked_until > ${ctx.now}`)} locked`),
    waiting: outbox.waiting(ctx),
    sent: outbox.sentSince(ctx, { day: ctx.now - DAY, month: ctx.now }),
    without: ctx.db.all<{ one: number }>(sql`
      select 1 one from space where deleted_at is null and ${nobodyAdministers(sql`space.id`)} limit ${MOST + 1}`),
  });
  const of = (name: WalkName) => counts.find((row) => row.name === name && row.at > 0);
  const sums = (name: WalkName): Sums => of(name)?.sums ?? {};
  const [guests, invitations, spaces, storage] = walkNames.map(sums) as [Sums, Sums, Sums, Sums];
  const week = weekOf(ctx.now);
  return {
    counted: Object.fromEntries(walkNames.map((name) => [name, of(name)?.at ?? null])) as Record<
      WalkName,
      number | null
    >,
    attention: { ...now[0]!, without: without.length },
    outside: guests.outside ?? 0,
    guests: {
      active: guests.active ?? 0,
      inactive: guests.inactive ?? 0,
      waiting: invitations.waiting ?? 0,
      expired: invitations.expired ?? 0,
    },
    invitations: Array.from({ length: WEEKS }, (_, i) => week - WEEKS + 1 + i).map((of) => ({
      from: weekBegins(of),
      sent: invitations[`sent ${of}`] ?? 0,
      delivered: invitations[`delivered ${of}`] ?? 0,
      joined: invitations[`joined ${of}`] ?? 0,
    })),
    spaces: [...AGES, 'archived' as const].map((age) => ({ age, count: spaces[age] ?? 0 })),
    mail: { waiting: waiting[0]!.count, failed: now[0]!.failed, sent: sent[0]!.day },
    storage: Object.entries(storage)
      .filter(([name]) => name !== 'files')
      .map(([category, bytes]) => ({ category: category as FileCategory | 'site', bytes }))
      .sort((a, b) => b.bytes - a.bytes),
    files: storage.files ?? 0,
  };
}
