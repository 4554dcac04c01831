/**
 * The audit's chain: each seal holds a hash over the seal before it and the entries since then. Who changes, removes or inserts a
 * sealed entry breaks it (docs/decisions/032-audit-chain.md). `npm run audit:verify` follows the same rules (scripts/audit-verify.mjs).
 */
import { sql } from 'drizzle-orm';
import { HOUR, MINUTE } from '../../time';
import { hashBytes } from '../crypto';
import type { Ctx, SignedIn } from '../context';
import { allow } from '../policy';
import { auditSeal } from '../schema';

interface Line {
  id: number;
  line: string;
}

export interface Seal {
  afterId: number;
  upTo: number;
  count: number;
  hash: string;
}

/** What a seal covers of an entry: all of it. */
export const LINE =
  'json_array(id, at, action, actor_id, actor_name, subject, space_id, detail, ip, tally, count, last_at)';

const SEALED_AT_ONCE = 1_000;
const PIECES = 5;
/** Seals that one press of "Verify" follows. */
const VERIFIED_AT_ONCE = 10;
/** An hourly row counts for an hour, and a slow request may still count in it for another. */
const COUNTS = 2 * HOUR;
const SELDOM = 10 * MINUTE;

export const hashOf = (before: string, lines: Line[]): Promise<string> =>
  hashBytes(new TextEncoder().encode([before, ...lines.map(({ line }) => line)].join('\n')));

const linesQuery = (ctx: Ctx, where: ReturnType<typeof sql>) =>
  ctx.db.all<Line>(sql`select id, ${sql.raw(LINE)} as line from audit_entry where ${where}`);

const newest = (ctx: Ctx) =>
  ctx.db.all<Seal & { at: number }>(
    sql`select after_id "afterId", up_to "upTo", count, hash, at from audit_seal order by after_id desc limit 1`,
  );

/** Bounded. Rows that still count wait, and what follows them. */
export async function seal(ctx: Ctx): Promise<void> {
  for (let piece = 0; piece < PIECES; piece++) {
    const last = sql`coalesce((select up_to from audit_seal order by after_id desc limit 1), 0)`;
    const counting = sql`select min(id) from audit_entry where tally is not null and at > ${ctx.now - COUNTS}`;
    const { before, lines } = await ctx.read({
      before: newest(ctx),
      lines: linesQuery(
        ctx,
        sql`id > ${last} and id < coalesce((${counting}), 9e15) order by id limit ${SEALED_AT_ONCE}`,
      ),
    });
    const [seal] = before;
    const end = lines.at(-1);
    if (!end) return;
    if (lines.length < SEALED_AT_ONCE && seal && seal.at > ctx.now - SELDOM) return;
    await ctx.commit(
      [
        ctx.db.insert(auditSeal).values({
          afterId: seal?.upTo ?? 0,
          upTo: end.id,
          count: lines.length,
          hash: await hashOf(seal?.hash ?? '', lines),
          at: ctx.now,
        }),
      ],
      // Another run was faster.
      { duplicate: 'done' },
    );
    if (lines.length < SEALED_AT_ONCE) return;
  }
}

export interface Verified {
  /** The last entry that is as it was sealed, and when that was; null before the first. */
  upTo: { id: number; at: number } | null;
  /** Between these, an entry was changed, removed or inserted. */
  broken: { after: number; upTo: number } | null;
  /** Where to go on; null at the end. */
  next: number | null;
  /** Of the newest seal that was followed: written down elsewhere, it also shows when the whole chain was made anew. */
  hash: string;
}

/** One piece, from the seal that ends at an entry. */
export async function verify(ctx: SignedIn, after: number): Promise<Verified> {
  allow(ctx, 'site.administer');
  // No real entry is below 1: one that was put there is in no seal.
  const start = after || Number.MIN_SAFE_INTEGER;
  const seals = sql`select after_id, up_to, count, hash from audit_seal where after_id >= ${after} order by after_id limit ${VERIFIED_AT_ONCE + 1}`;
  const found = await ctx.read({
    first: ctx.db.all<{ hash: string; at: number }>(
      sql`select s.hash, e.at from (select * from audit_seal where after_id < ${after} order by after_id desc limit 1) s
        left join audit_entry e on e.id = s.up_to where s.up_to = ${after}`,
    ),
    seals: ctx.db.all<{ afterId: number; upTo: number; count: number; hash: string; at: number }>(sql`
      select s.after_id "afterId", s.up_to "upTo", s.count, s.hash, coalesce(e.at, 0) at
      from (${seals}) s left join audit_entry e on e.id = s.up_to order by s.after_id`),
    lines: linesQuery(
      ctx,
      sql`id > ${start} and id <= (select max(up_to) from (${seals})) order by id limit ${VERIFIED_AT_ONCE * SEALED_AT_ONCE + 1}`,
    ),
  });
  let hash = found.first[0]?.hash ?? '';
  let upTo: Verified['upTo'] = found.first[0] ? { id: after, at: found.first[0].at } : null;
  for (const seal of found.seals.slice(0, VERIFIED_AT_ONCE)) {
    const from = upTo?.id ?? 0;
    const lines = found.lines.filter(({ id }) => id > (from || start) && id <= seal.upTo);
    const whole = seal.afterId === from && lines.length === seal.count;
    if (!whole || (await hashOf(hash, lines)) !== seal.hash)
      return { upTo, broken: { after: from, upTo: seal.upTo }, next: null, hash };
    hash = seal.hash;
    upTo = { id: seal.upTo, at: seal.at };
  }
  const next = found.seals.length > VERIFIED_AT_ONCE ? (upTo?.id ?? null) : null;
  return { upTo, broken: null, next, hash };
}
