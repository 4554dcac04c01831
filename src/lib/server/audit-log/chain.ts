/**
 * The audit's chain: each seal holds a hash over the seal before it and the entries since then. Who changes, removes or inserts a
 * sealed entry breaks it (docs/decisions/032-audit-chain.md).
 */
import { and, eq, sql, type SQL } from 'drizzle-orm';
import { DAY, HOUR, MINUTE } from '../../time';
import { changed, must, type Ctx, type SignedIn, type Statement } from '../context';
import { randomToken } from '../crypto';
import { allow } from '../policy';
import { auditSeal } from '../schema';
import { COLUMNS, hashOf, holds, type Line, type Seal } from './seals';

const SEALED_AT_ONCE = 1_000;
const PIECES = 5;
/** Seals that one press of "Verify" follows. */
const VERIFIED_AT_ONCE = 5;
/** An hourly row counts for an hour, and a slow request may still count in it for another. */
const COUNTS = 2 * HOUR;
const SELDOM = 10 * MINUTE;
const FORM = 2;
/** No site keeps entries for less than a year, as the trigger on `audit_seal` counts it: what is younger was removed by somebody else. */
const SHORTEST = 365.25 * DAY;

const linesQuery = (ctx: Ctx, where: SQL) =>
  ctx.db.all<Line>(sql`select ${sql.raw(COLUMNS)} from audit_entry e where ${where}`);

/** SQL: all of a seal's columns. */
const SEAL = sql`after_id "afterId", up_to "upTo", count, hash, at, form, former_hash "formerHash", emptied_at "emptiedAt"`;

const sealQuery = (ctx: Ctx, which: SQL) => ctx.db.all<Seal>(sql`select ${SEAL} from audit_seal ${which}`);

const newest = sql`order by after_id desc limit 1`;

/** Gives salts to what has none. Undoes the batch if an entry was erased, or sealed by another run, meanwhile. */
function salted(ctx: Ctx, lines: Line[]): { lines: Line[]; statements: Statement[] } {
  const fresh = lines.map((line) => ({
    ...line,
    whoSalt: line.whoDigest === null ? (line.whoSalt ?? randomToken()) : null,
    whatSalt: line.whatDigest === null ? (line.whatSalt ?? randomToken()) : null,
  }));
  const salts = fresh.map(({ id, whoSalt, whatSalt, whoDigest, whatDigest }, i) => [
    ...[id, whoSalt, whatSalt, whoDigest, whatDigest],
    ...[lines[i]!.whoSalt, lines[i]!.whatSalt],
  ]);
  const at = (place: number) => sql.raw(`value ->> ${place}`);
  return {
    lines: fresh,
    statements: [
      ctx.db.run(sql`
        update audit_entry set who_salt = s.who, what_salt = s.what
        from (select ${at(0)} as id, ${at(1)} as who, ${at(2)} as what, ${at(3)} as who_digest, ${at(4)} as what_digest,
            ${at(5)} as old_who, ${at(6)} as old_what
          from json_each(${JSON.stringify(salts)})) s
        where (audit_entry.id, audit_entry.who_digest, audit_entry.what_digest, audit_entry.who_salt, audit_entry.what_salt)
          is (s.id, s.who_digest, s.what_digest, s.old_who, s.old_what)`),
      must(ctx, changed(lines.length)),
    ],
  };
}

/** Bounded. Rows that still count wait, and what follows them. */
export async function seal(ctx: Ctx): Promise<void> {
  if (await remade(ctx)) await sealNewer(ctx);
}

async function sealNewer(ctx: Ctx): Promise<void> {
  for (let piece = 0; piece < PIECES; piece++) {
    const last = sql`coalesce((select up_to from audit_seal ${newest}), 0)`;
    // By time: SQLite would look for the smallest id from the first entry on, through all there are.
    const counting = sql`select min(id) from audit_entry indexed by audit_entry_by_time where tally is not null and at > ${ctx.now - COUNTS}`;
    const { before, lines } = await ctx.read({
      before: sealQuery(ctx, newest),
      lines: linesQuery(
        ctx,
        sql`id > ${last} and id < coalesce((${counting}), 9e15) order by id limit ${SEALED_AT_ONCE}`,
      ),
    });
    const [seal] = before;
    const end = lines.at(-1);
    if (!end) return;
    if (lines.length < SEALED_AT_ONCE && seal && seal.at > ctx.now - SELDOM) return;
    const now = salted(ctx, lines);
    const hash = await hashOf(seal?.hash ?? '', ctx.now, now.lines);
    if (hash === null) return;
    await ctx.commit(
      [
        now.statements,
        ctx.db.insert(auditSeal).values({
          afterId: seal?.upTo ?? 0,
          upTo: end.id,
          count: lines.length,
          hash,
          at: ctx.now,
          form: FORM,
        }),
      ],
      // Another run was faster.
      { duplicate: 'done', refusal: () => null },
    );
    if (lines.length < SEALED_AT_ONCE) return;
  }
}

/** Makes older seals anew, as far as their entries are as they were sealed. @returns whether all are */
async function remade(ctx: Ctx): Promise<boolean> {
  for (let piece = 0; ; piece++) {
    const old = sql`where form = 1 order by after_id limit 1`;
    const first = sql`(select after_id from audit_seal ${old})`;
    const found = await ctx.read({
      old: sealQuery(ctx, old),
      before: sealQuery(ctx, sql`where after_id < ${first} ${newest}`),
      lines: linesQuery(
        ctx,
        sql`id > ${first} and id <= (select up_to from audit_seal ${old}) order by id limit ${SEALED_AT_ONCE + 1}`,
      ),
    });
    const [seal] = found.old;
    if (!seal) return true;
    if (piece === PIECES) return false;
    const before = found.before[0] ?? null;
    if (!(await holds(before, seal, found.lines))) return false;
    const now = salted(ctx, found.lines);
    const hash = await hashOf(before?.hash ?? '', seal.at, now.lines);
    if (hash === null) return false;
    await ctx.commit(
      [
        now.statements,
        ctx.db
          .update(auditSeal)
          .set({ form: FORM, hash, formerHash: seal.hash })
          .where(and(eq(auditSeal.afterId, seal.afterId), eq(auditSeal.form, 1))),
        must(ctx, changed()),
      ],
      { refusal: () => null },
    );
  }
}

/** While some seals are of form 1, nothing in their entries can be erased. */
export const allRemade = sql`not exists (select 1 from audit_seal where form = 1)`;

export interface Verified {
  /** The last entry that is as it was sealed, and when that was; null before the first. */
  upTo: { id: number; at: number } | null;
  /** Between these, an entry was changed, removed or inserted. */
  broken: { after: number; upTo: number } | null;
  /** Up to this one, entries were removed, being older than the site keeps them. */
  removed: { upTo: number; at: number } | null;
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
  const those = sql`where after_id >= ${after} order by after_id limit ${VERIFIED_AT_ONCE + 1}`;
  const found = await ctx.read({
    before: sealQuery(
      ctx,
      sql`where up_to = ${after} and after_id = (select max(after_id) from audit_seal where after_id < ${after})`,
    ),
    seals: sealQuery(ctx, those),
    ends: ctx.db.all<{ id: number; at: number }>(
      sql`select id, at from audit_entry where id in (select ${after} union all select up_to from (select up_to from audit_seal ${those}))`,
    ),
    lines: linesQuery(
      ctx,
      sql`id > ${start} and id <= (select max(up_to) from (select up_to from audit_seal ${those})) order by id limit ${VERIFIED_AT_ONCE * SEALED_AT_ONCE + 1}`,
    ),
  });
  let before = found.before[0] ?? null;
  let removed: Verified['removed'] = null;
  const reached = (): Verified['upTo'] =>
    before && {
      id: before.upTo,
      at: found.ends.find(({ id }) => id === before!.upTo)?.at ?? before.at,
    };
  for (const seal of found.seals.slice(0, VERIFIED_AT_ONCE)) {
    const from = before?.upTo ?? start;
    const lines = found.lines.filter(({ id }) => id > from && id <= seal.upTo);
    // Where the chain begins nothing is left of the entries.
    const begins =
      before === null &&
      seal.emptiedAt !== null &&
      seal.at < seal.emptiedAt - SHORTEST &&
      seal.emptiedAt <= ctx.now &&
      lines.length === 0;
    if (!begins && (seal.emptiedAt !== null || !(await holds(before, seal, lines))))
      return {
        ...{ upTo: reached(), removed, next: null, hash: before?.hash ?? '' },
        broken: { after: before?.upTo ?? 0, upTo: seal.upTo },
      };
    if (begins) removed = { upTo: seal.upTo, at: seal.emptiedAt! };
    before = seal;
  }
  const next = found.seals.length > VERIFIED_AT_ONCE ? (before?.upTo ?? null) : null;
  return { upTo: reached(), broken: null, removed, next, hash: before?.hash ?? '' };
}
