/**
 * An action on many, in steps: each takes some rows that wait, does to each what its page does to one, and writes down what came of it. Whoever
 * posts a step twice, or goes back, takes the next rows, or none.
 */
import { and, eq, sql } from 'drizzle-orm';
import { MANY, OUTCOMES, type Many, type ManyOutcome } from '../../../many';
import type { MessageKey } from '../../../messages';
import { DAY, MINUTE } from '../../../time';
import * as access from '../../access';
import { changed, must, type Ctx, type SignedIn, type Statement } from '../../context';
import { randomId } from '../../crypto';
import { LostRace, Refusal } from '../../errors';
import * as paging from '../../paging';
import { allow } from '../../policy';
import { guestRun, guestRunRow } from '../../schema';
import { actions, type State } from './actions';
import { applies, beforehand, chosenWith, MOST, type Selection } from './choose';

/** Rows of one step, and the commits after which it ends. */
const STEP = 20;
const WORK = 100;
/** Then a step that took a row is taken for dead. */
const LEASE = 2 * MINUTE;
const KEPT = 30 * DAY;
const PAGE = 100;

/**
 * @param key of the form, and the run's id: posted twice, it begins once
 * @returns the run's id
 */
export async function begin(ctx: SignedIn, action: Many, selection: Selection, key: string): Promise<string> {
  if ((await beforehand(ctx, action, selection)) === null)
    throw new Refusal('conflict', { key: 'many.too-many', params: { most: MOST } });
  await access.commitForSite(
    ctx,
    [
      ctx.db
        .insert(guestRun)
        .values({ id: key, actorId: ctx.actor.id, action, createdAt: ctx.now, total: 0 }),
      ctx.db.run(sql`
        insert into guest_run_row (run_id, n, kind, subject_id)
        with ${chosenWith(ctx, selection)}
        select ${key}, row_number() over (order by k, id), iif(src in ('active', 'inactive'), 'guest', 'invitation'), id
        from chosen where ${applies(action)}`),
      must(ctx, sql`changes() between 1 and ${MOST}`),
      ctx.db.run(
        sql`update guest_run set total = (select count(*) from guest_run_row where run_id = ${key}) where id = ${key}`,
      ),
    ],
    { refusal: new Refusal('conflict', { key: 'many.none-apply' }), duplicate: 'done' },
  );
  return key;
}

async function ownRun(ctx: SignedIn, id: string) {
  allow(ctx, 'site.administer');
  const [run] = await ctx.db
    .select()
    .from(guestRun)
    .where(and(eq(guestRun.id, id), eq(guestRun.actorId, ctx.actor.id)));
  if (!run) throw new Refusal('missing');
  return { ...run, action: run.action as Many };
}

interface Row {
  n: number;
  kind: 'guest' | 'invitation';
  id: string;
  /** As it is now; null if it has gone. */
  state: State | 'accepted' | 'cancelled' | null;
  spaceId: number | null;
}

/** Works through the next rows. */
export async function step(ctx: SignedIn, id: string): Promise<void> {
  const run = await ownRun(ctx, id);
  const token = randomId();
  const taken = ctx.db
    .update(guestRunRow)
    .set({ claimedAt: ctx.now, claimedBy: token })
    .where(
      sql`run_id = ${id} and n in (select n from guest_run_row where run_id = ${id} and outcome is null
        and coalesce(claimed_at, 0) < ${ctx.now - LEASE} order by n limit ${sql.raw(String(STEP))})`,
    );
  await access.commitForSite(ctx, [taken]);
  // The run counts as a change of its actor's, each of its steps, too, but not each row: a thousand would exhaust their limit.
  const uncounted: SignedIn = {
    ...ctx,
    commit: (statements, options) => ctx.commit(statements, { ...options, always: true }),
  };
  const results: { n: number; outcome: ManyOutcome; reason: string | null }[] = [];
  let work = 0;
  for (const row of await takenBy(ctx, id, token)) {
    if (work >= WORK) break;
    const result = await outcomeOf(uncounted, run.action, row, id);
    work += result.work;
    if (result.outcome) results.push({ n: row.n, outcome: result.outcome, reason: result.reason ?? null });
  }
  await settle(uncounted, id, token, results);
}

const takenBy = (ctx: SignedIn, id: string, token: string): Promise<Row[]> =>
  ctx.db.all<Row>(sql`
    select r.n, r.kind, r.subject_id id, iif(r.kind = 'guest', u.status, i.status) state, i.space_id "spaceId"
    from guest_run_row r
      left join user u on r.kind = 'guest' and u.id = r.subject_id and u.kind = 'guest' and u.erased_at is null
      left join invitation i on r.kind = 'invitation' and i.id = r.subject_id
    where r.run_id = ${id} and r.outcome is null and r.claimed_by = ${token} order by r.n`);

interface Result {
  /** Null: the next step goes on with it. */
  outcome: ManyOutcome | null;
  reason?: string;
  work: number;
}

async function outcomeOf(ctx: SignedIn, action: Many, row: Row, key: string): Promise<Result> {
  const { act, hidden } = actions[action];
  if (row.state === null || row.state === 'accepted') return { outcome: 'changed', work: 0 };
  try {
    const { changed, more = false, work = 1 } = await act(ctx, row, key);
    return { outcome: more ? null : changed ? 'done' : 'already', work };
  } catch (thrown) {
    if (thrown instanceof LostRace) return { outcome: 'changed', work: 1 };
    if (!(thrown instanceof Refusal)) throw thrown;
    const { kind, detail } = thrown;
    if (kind === 'missing' || kind === 'forbidden') {
      if (hidden) return { outcome: 'refused', reason: hidden, work: 1 };
      if (kind === 'missing') return { outcome: 'changed', work: 1 };
      throw thrown;
    }
    if (detail.key === 'invitation.changed') return { outcome: 'changed', work: 1 };
    return { outcome: 'refused', reason: reasonOf(thrown), work: 1 };
  }
}

/** The page knows the address, and nothing else that a sentence could want. */
const reasonOf = ({ detail: { key, params = {} } }: Refusal): MessageKey =>
  key && Object.keys(params).every((name) => name === 'email') ? key : 'many.not-now';

/** Only what this step has taken: after `LEASE`, another may have. What has no result waits for the next step. */
async function settle(
  ctx: SignedIn,
  id: string,
  token: string,
  results: { n: number; outcome: ManyOutcome; reason: string | null }[],
): Promise<void> {
  const of = (outcome: ManyOutcome) => results.filter((one) => one.outcome === outcome).length;
  const json = JSON.stringify(results);
  await ctx.commit(
    [
      ctx.db.run(sql`
        update guest_run_row set outcome = r.value ->> '$.outcome', reason = r.value ->> '$.reason'
        from json_each(${json}) r where run_id = ${id} and n = r.value ->> '$.n' and outcome is null and claimed_by = ${token}`),
      must(ctx, changed(results.length)),
      ctx.db.run(sql`update guest_run set done = done + ${of('done')}, already = already + ${of('already')},
        refused = refused + ${of('refused')}, changed = changed + ${of('changed')} where id = ${id}`),
      ctx.db.run(
        sql`update guest_run_row set claimed_at = null where run_id = ${id} and claimed_by = ${token} and outcome is null`,
      ),
    ],
    { refusal: () => null },
  );
}

export interface Worked {
  n: number;
  kind: 'guest' | 'invitation';
  id: string;
  outcome: ManyOutcome | null;
  reason: MessageKey | null;
  /** Null if it has gone. */
  email: string | null;
  /** Of a guest. */
  name: string | null;
  company: string;
  /** Of an invitation. */
  spaceName: string | null;
}

/** The page of a run. @param outcome of the rows that are listed; by default the first that there are, those refused first */
export async function look(ctx: SignedIn, id: string, wanted: string | null = null, after = '') {
  const run = await ownRun(ctx, id);
  const outcome = OUTCOMES.find((one) => one === wanted) ?? OUTCOMES.find((one) => run[one] > 0) ?? 'done';
  const [last] = paging.read(after, 'number') ?? [0];
  const rows = await ctx.db.all<Worked>(sql`
    select r.n, r.kind, r.subject_id id, r.outcome, r.reason, coalesce(u.email, i.email) email, u.name, coalesce(u.company, '') company,
      s.name "spaceName"
    from guest_run_row r
      left join user u on r.kind = 'guest' and u.id = r.subject_id and u.erased_at is null
      left join invitation i on r.kind = 'invitation' and i.id = r.subject_id
      left join space s on s.id = i.space_id
    where r.run_id = ${id} and r.outcome = ${outcome} and r.n > ${last} order by r.n limit ${PAGE + 1}`);
  const counts = Object.fromEntries(OUTCOMES.map((one) => [one, run[one]])) as Record<ManyOutcome, number>;
  const worked = Object.values(counts).reduce((all, n) => all + n, 0);
  return {
    ...paging.paged(rows, PAGE, (row) => [row.n]),
    id,
    action: run.action,
    total: run.total,
    createdAt: run.createdAt,
    counts,
    left: run.total - worked,
    outcome,
  };
}

export const purgeRuns = (ctx: Ctx): Statement =>
  ctx.db.run(sql`delete from guest_run where id in
    (select id from guest_run where created_at < ${ctx.now - KEPT} limit 2)`);

export const isMany = (value: unknown): value is Many => MANY.includes(value as Many);
