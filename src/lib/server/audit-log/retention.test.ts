import { expect, it } from 'vitest';
import { as, bindings, DAY, MINUTE, testContext, type User } from '../../../../tests/contexts';
import { makeAdministrator, makeUser } from '../../../../tests/factories';
import { audited, count, countingD1, refusal } from '../../../../tests/helpers';
import * as site from '../site';
import { seal, verify } from './chain';
import { removeOld } from './retention';

const THEN = Date.UTC(2030, 0, 1);
const YEAR = 365.25 * DAY;
const db = bindings.DB;
const ava: User = await makeAdministrator();

const fill = (howMany: number, at: number) =>
  db
    .prepare(
      `insert into audit_entry (at, action, actor_name, subject, detail, ip)
       with recursive n(i) as (select 1 union all select i + 1 from n where i < ?1) select ?2, 'site.set-up', '', 'site', '{}', '' from n`,
    )
    .bind(howMany, at)
    .run();
const keep = (auditYears: number) => site.changeSettings(as(ava, { now: THEN }), { auditYears });
const whole = async () => {
  let [next, last]: [number | null, Awaited<ReturnType<typeof verify>> | null] = [0, null];
  let removed: { upTo: number } | null = null;
  while (next !== null) {
    last = await verify(as(ava, { now: THEN + DAY }), next);
    removed ??= last.removed;
    next = last.next;
  }
  return { ...last!, removed };
};
const run = (query: string) => db.prepare(query).run();

it('is for ever until an administrator chooses another time, which is in the audit', async () => {
  await fill(2_000, THEN - 30 * YEAR);
  await seal(testContext({ now: THEN - 30 * YEAR }));
  await removeOld(testContext({ now: THEN }));
  expect(await count('audit_entry', `at < ${THEN - 1}`)).toBe(2_000);
  await expect(site.changeSettings(as(await makeUser()), { auditYears: 1 })).rejects.toMatchObject(
    refusal('forbidden'),
  );
  await keep(2);
  expect(await audited('setting.changed')).toMatchObject([
    { actor_id: ava.id, detail: { auditYears: { from: 0, to: 2 } } },
  ]);
});

it('removes older entries in whole seals, a bounded number at a time; what is left can be verified', async () => {
  const before = await count('audit_entry');
  const newest = THEN - 3 * YEAR;
  await fill(30_000, newest);
  for (let i = 0; i < 6; i++) await seal(testContext({ now: newest + i * MINUTE }));
  await fill(1_500, THEN - YEAR);
  await seal(testContext({ now: THEN - YEAR + DAY }));
  const all = before + 30_000 + 1_500;
  const { DB, rowsRead } = countingD1();
  await removeOld(testContext({ now: THEN, env: { DB } }));
  const left = await count('audit_entry', `subject = 'site'`);
  expect(all - left).toBeLessThanOrEqual(10_000);
  expect(all - left).toBeGreaterThan(9_000);
  expect(rowsRead()).toBeLessThan(60_000);
  expect((await whole()).broken).toBeNull();
  for (let i = 0; i < 5; i++)
    await Promise.all(Array.from({ length: 4 }, () => removeOld(testContext({ now: THEN + i * MINUTE }))));
  // One of the older ones is in a younger seal.
  expect(await count('audit_entry', `action = 'site.set-up'`)).toBe(1_501);
  expect(await count('audit_seal', 'emptied_at is not null')).toBe(1);
  const { broken, removed } = await whole();
  expect(broken).toBeNull();
  expect(removed!.upTo).toBeGreaterThan(30_000);
  // By nobody, and once an hour.
  expect(await audited('site.audit-removed')).toMatchObject([{ actor_name: 'Foyer', actor_id: null }]);
  // Nothing more on the same day.
  await removeOld(testContext({ now: THEN + 20 * MINUTE }));
  expect(await audited('site.audit-removed')).toHaveLength(1);
});

it('nothing else can be removed, nor a seal be emptied before its time', async () => {
  for (const query of [
    'delete from audit_entry',
    'delete from audit_entry where id = (select min(id) from audit_entry)',
    'delete from audit_seal',
    'delete from audit_seal where emptied_at is not null',
    `update audit_seal set emptied_at = ${THEN} where emptied_at is null`,
    `update audit_seal set emptied_at = null`,
  ])
    await expect(run(query), query).rejects.toThrow(/kept|as they are/);
});

it('it finds an entry that was put where others were removed, and one that is missing behind', async () => {
  const first = (await db.prepare('select min(id) id from audit_entry').first<{ id: number }>())!.id;
  await run(
    `insert into audit_entry (id, at, action, actor_name, subject, detail, ip) values (${first - 5}, 0, 'site.set-up', '', 'site', '{}', '')`,
  );
  expect((await whole()).broken).toEqual({ after: 0, upTo: expect.any(Number) });
  // It lies before the beginning, so it can go.
  await run(`delete from audit_entry where id = ${first - 5}`);
  expect((await whole()).broken).toBeNull();
  const { sql } = (await db
    .prepare(`select sql from sqlite_master where name = 'audit_entry_is_kept'`)
    .first<{ sql: string }>())!;
  await run('drop trigger audit_entry_is_kept');
  await run(`delete from audit_entry where id = ${first}`);
  await db.prepare(sql).run();
  expect((await whole()).broken).toMatchObject({ after: first - 1 });
});

it('entries that are younger than a year were not removed because of their age, whatever their seal says', async () => {
  const [{ at }] = (
    await db.prepare('select at from audit_seal where emptied_at is not null').all<{ at: number }>()
  ).results as [{ at: number }];
  const { sql } = (await db
    .prepare(`select sql from sqlite_master where name = 'audit_seal_stays_as_it_is'`)
    .first<{ sql: string }>())!;
  await run('drop trigger audit_seal_stays_as_it_is');
  for (const [emptiedAt, holds] of [
    [at + 1, false],
    [at + YEAR, false],
    [at + YEAR + 1, true],
    // Not yet.
    [THEN + 2 * DAY, false],
  ] as const) {
    await run(`update audit_seal set emptied_at = ${emptiedAt} where emptied_at is not null`);
    const { broken, removed } = await whole();
    expect(removed !== null, String(emptiedAt)).toBe(holds);
    if (!holds) expect(broken).toMatchObject({ after: 0 });
  }
  await db.prepare(sql).run();
});
