import { expect, it } from 'vitest';
import script from '../../../../scripts/audit-verify.mjs?raw';
import { as, bindings, DAY, HOUR, MINUTE, testContext, type User } from '../../../../tests/contexts';
import { makeAdministrator, makeUser } from '../../../../tests/factories';
import { refusal } from '../../../../tests/helpers';
import * as audit from '../audit';
import { seal, verify } from './chain';
import * as covered from './seals';

const NOW = Date.UTC(2030, 0, 1, 0, 30);
const db = bindings.DB;
const run = (query: string) => db.prepare(query).run();
const ava: User = await makeAdministrator();

const fill = (howMany: number, at = NOW - DAY) =>
  db
    .prepare(
      `insert into audit_entry (at, action, actor_name, subject, detail, ip)
       with recursive n(i) as (select 1 union all select i + 1 from n where i < ?1) select ?2, 'site.set-up', '', 'site', '{}', '' from n`,
    )
    .bind(howMany, at)
    .run();
const seals = async () => (await db.prepare('select count(*) n from audit_seal').first<{ n: number }>())!.n;
const whole = async () => {
  let [next, last]: [number | null, Awaited<ReturnType<typeof verify>> | null] = [0, null];
  while (next !== null) {
    last = await verify(as(ava), next);
    next = last.next;
  }
  return last!;
};
/** As somebody who may change the schema. */
async function without(trigger: string, act: string, undo: string): Promise<unknown> {
  const { sql } = (await db
    .prepare('select sql from sqlite_master where name = ?')
    .bind(trigger)
    .first<{ sql: string }>())!;
  await run(`drop trigger ${trigger}`);
  await run(act);
  const found = (await whole()).broken;
  await run(undo);
  await db.prepare(sql).run();
  return found;
}

it('an entry can’t be changed or deleted, nor can a seal', async () => {
  await fill(3);
  await seal(testContext({ now: NOW }));
  for (const query of [
    `update audit_entry set detail = '{"x":1}'`,
    'update audit_entry set count = count + 1',
    'delete from audit_entry',
    `update audit_seal set hash = 'x'`,
    'delete from audit_seal',
  ])
    await expect(run(query), query).rejects.toThrow(/kept|as they are|as it is/);
});

it('an hourly row counts on until it is sealed, and what follows waits for it', async () => {
  const at = NOW + HOUR;
  const failed = (now: number) =>
    testContext({ now }).commit([
      audit.tally(testContext({ now }), 'account.locked', 'user:x', {}, null, audit.nobody),
    ]);
  await failed(at);
  await failed(at + MINUTE);
  await fill(1, at + MINUTE);
  await seal(testContext({ now: at + HOUR }));
  const left = () =>
    db
      .prepare('select count(*) n from audit_entry where id > (select max(up_to) from audit_seal)')
      .first<{ n: number }>();
  expect((await left())!.n).toBe(2);
  await seal(testContext({ now: at + 3 * HOUR }));
  expect((await left())!.n).toBe(0);
  expect(await db.prepare(`select count from audit_entry where subject = 'user:x'`).first()).toEqual({
    count: 2,
  });
});

it('twenty runs at the same time make one chain', async () => {
  await fill(2_500);
  const now = NOW + DAY;
  await Promise.all(Array.from({ length: 20 }, () => seal(testContext({ now }))));
  expect(await whole()).toMatchObject({ broken: null });
  const before = await seals();
  await fill(1);
  await seal(testContext({ now: now + MINUTE }));
  expect(await seals(), 'few entries wait for ten minutes').toBe(before);
});

it('it finds a changed and a removed entry, in each of many pieces', async () => {
  await fill(12_000);
  for (let i = 0; i < 4; i++) await seal(testContext({ now: NOW + (2 + i) * DAY }));
  expect(await seals()).toBeGreaterThan(12);
  const { broken, upTo } = await whole();
  expect(broken).toBeNull();
  for (const id of [2, upTo!.id - 100, upTo!.id]) {
    const hit = (found: unknown) => {
      const { after, upTo } = found as { after: number; upTo: number };
      expect(after < id && id <= upTo, `${id} between ${after} and ${upTo}`).toBe(true);
    };
    hit(
      await without(
        'audit_entry_stays_as_it_is',
        `update audit_entry set ip = 'x' where id = ${id}`,
        `update audit_entry set ip = '' where id = ${id}`,
      ),
    );
    await run(`create table if not exists kept as select * from audit_entry where 0`);
    await run(`insert into kept select * from audit_entry where id = ${id}`);
    hit(
      await without(
        'audit_entry_is_kept',
        `delete from audit_entry where id = ${id}`,
        `insert into audit_entry select * from kept where id = ${id}`,
      ),
    );
    await run('drop table kept');
  }
  expect((await whole()).broken).toBeNull();
}, 60_000);

it('it finds an entry that was put before all others, or into a gap between two', async () => {
  const put = (id: number) =>
    run(
      `insert into audit_entry (id, at, action, actor_name, subject, detail, ip) values (${id}, 0, 'site.set-up', '', 'site', '{}', '')`,
    );
  const { id } = (await db.prepare('select max(id) id from audit_entry').first<{ id: number }>())!;
  await put(id + 10);
  await fill(1);
  await seal(testContext({ now: NOW + 20 * DAY }));
  expect((await whole()).broken).toBeNull();
  for (const place of [-1, id + 5]) {
    await put(place);
    const { sql } = (await db
      .prepare(`select sql from sqlite_master where name = 'audit_entry_is_kept'`)
      .first<{ sql: string }>())!;
    expect((await whole()).broken, String(place)).not.toBeNull();
    await run('drop trigger audit_entry_is_kept');
    await run(`delete from audit_entry where id = ${place}`);
    await db.prepare(sql).run();
    expect((await whole()).broken).toBeNull();
  }
});

it('is for administrators of the site', async () => {
  await expect(verify(as(await makeUser()), 0)).rejects.toMatchObject(refusal('forbidden'));
});

it('the script covers the same of an entry', () => {
  // In the script, one refers to another by its name.
  const { LINE, WHO, WHAT, WHOLE } = covered;
  for (const said of [LINE, WHO, `'${WHAT}'`, WHOLE]) expect(script).toContain(said);
  const invited = /INVITED_ERASED = `(.*)`/.exec(script)![1]!;
  const condition = (name: string) =>
    new RegExp(`${name} = \`([^\`]*)\``).exec(script)![1]!.replace('${INVITED_ERASED}', invited);
  expect(condition('WHO_ERASED')).toBe(covered.WHO_ERASED);
  expect(condition('WHAT_ERASED')).toBe(covered.WHAT_ERASED);
});
