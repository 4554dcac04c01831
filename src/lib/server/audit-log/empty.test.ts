import { expect, it } from 'vitest';
import { as, bindings, DAY, MINUTE, testContext, type User } from '../../../../tests/contexts';
import { makeAdministrator, makeGuest } from '../../../../tests/factories';
import { record } from '../events';
import { hashBytes } from '../crypto';
import { seal, verify } from './chain';
import { empty } from './empty';
import { WHOLE } from './seals';

const NOW = Date.UTC(2030, 0, 1);
const db = bindings.DB;
const run = (query: string, ...values: unknown[]) =>
  db
    .prepare(query)
    .bind(...values)
    .run();
const ava: User = await makeAdministrator();
const rows = async (where: string) =>
  (await db.prepare(`select * from audit_entry where ${where} order by id`).all<Record<string, unknown>>())
    .results;
const intact = async () => (await verify(as(ava), 0)).broken === null;

const acts = async (who: User, now = NOW) => {
  const ctx = as(who, { now, ip: '192.0.2.7' });
  await ctx.commit([
    record(ctx, { kind: 'account.changed', subject: `user:${who.id}`, detail: { name: who.name } }),
    record(ctx, { kind: 'account.deactivated', subject: `user:${who.id}`, by: ava, detail: { x: who.name } }),
    record(ctx, { kind: 'site.set-up', subject: 'site', detail: { siteName: 'Foyer' } }),
  ]);
};
const forget = (who: User) => run(`update user set erased_at = ${NOW} where id = ?`, who.id);
const emptyAll = async (who: User, ctx = testContext({ now: NOW + DAY })) => {
  const done = (await empty(ctx, { userId: who.id, email: who.email }, { at: 0, id: 0 }, 500))!;
  await ctx.commit(done.statements);
  return done;
};
/** As somebody who may change the schema. */
async function without(trigger: string, act: () => Promise<unknown>): Promise<void> {
  const { sql } = (await db
    .prepare('select sql from sqlite_master where name = ?')
    .bind(trigger)
    .first<{ sql: string }>())!;
  await run(`drop trigger ${trigger}`);
  await act();
  await db.prepare(sql).run();
}

it('what is personal of an erased person is emptied, sealed or not, and the chain stays whole', async () => {
  const [gil, kim] = [await makeGuest({ name: 'Gil Erased' }), await makeGuest({ name: 'Kim Stays' })];
  await acts(gil);
  await acts(kim);
  await seal(testContext({ now: NOW + MINUTE }));
  await acts(gil, NOW + 2 * MINUTE);
  await forget(gil);
  await emptyAll(gil);
  expect(JSON.stringify(await rows('1'))).not.toContain('Gil');
  const own = await rows(`actor_id = '${gil.id}'`);
  expect(own).toHaveLength(4);
  for (const entry of own) expect(entry).toMatchObject({ actor_name: '', ip: '', who_salt: null });
  // What was done to others stays, and so does who did something to them.
  expect(own.map(({ detail }) => detail)).toEqual(Array(2).fill(['{}', '{"siteName":"Foyer"}']).flat());
  expect(await rows(`actor_id = '${ava.id}' and subject = 'user:${gil.id}'`)).toMatchObject(
    Array(2).fill({ actor_name: ava.name, ip: '192.0.2.7', detail: '{}' }),
  );
  expect(JSON.stringify(await rows(`actor_id = '${kim.id}'`))).toContain('Kim Stays');
  expect(await intact()).toBe(true);
  await seal(testContext({ now: NOW + DAY }));
  expect(await intact()).toBe(true);
  expect((await verify(as(ava), 0)).upTo!.id).toBe((await rows('1')).at(-1)!.id);
  // Twice changes nothing more.
  const before = await rows('1');
  await emptyAll(gil);
  expect(await rows('1')).toEqual(before);
});

it('of a person who is there nothing can be emptied, and nothing is written into what was', async () => {
  const kim = await makeGuest();
  await acts(kim, NOW + DAY);
  const gone = `who_digest is not null`;
  for (const query of [
    `update audit_entry set actor_name = '', ip = '', who_salt = null, who_digest = 'x' where actor_id = '${kim.id}'`,
    `update audit_entry set detail = '{}', what_salt = null, what_digest = 'x' where subject = 'user:${kim.id}'`,
    `update audit_entry set actor_name = 'Somebody' where ${gone}`,
    `update audit_entry set who_digest = 'x' where ${gone}`,
    `update audit_entry set who_salt = 'x' where ${gone}`,
    `update audit_entry set who_salt = 'x' where who_salt is not null`,
    `update audit_entry set action = 'account.changed' where ${gone}`,
  ])
    await expect(run(query), query).rejects.toThrow(/stay as they are/);
});

it('it finds what was emptied of somebody who is there, and what was put into an emptied entry', async () => {
  const kim = await makeGuest({ name: 'Kim' });
  await acts(kim, NOW + 2 * DAY);
  await seal(testContext({ now: NOW + 2 * DAY + MINUTE }));
  expect(await intact()).toBe(true);
  const [emptied] = await rows('who_digest is not null');
  await without('audit_entry_stays_as_it_is', async () => {
    await run(`update audit_entry set ip = '192.0.2.9' where id = ?`, emptied!.id);
    expect(await intact()).toBe(false);
    await run(`update audit_entry set ip = '' where id = ?`, emptied!.id);
    expect(await intact()).toBe(true);
    await run(`update user set erased_at = ${NOW} where id = ?`, kim.id);
    await emptyAll(kim);
    expect(await intact()).toBe(true);
    await run(`update audit_entry set who_digest = 'x' where actor_id = ?`, kim.id);
    expect(await intact()).toBe(false);
  });
});

it('seals of form 1 are made anew once, but not where an entry was changed', async () => {
  await run('drop trigger audit_entry_is_kept');
  await run('drop trigger audit_seal_is_kept');
  await run('delete from audit_entry');
  await run('delete from audit_seal');
  const kim = await makeGuest({ name: 'Kim' });
  for (let i = 0; i < 4; i++) await acts(kim, NOW + 3 * DAY + i);
  const ids = (await rows('1')).map(({ id }) => id as number);
  let [after, hash] = [0, ''];
  const former: string[] = [];
  for (const upTo of [ids[2]!, ids[5]!, ids[8]!]) {
    const { results } = await db
      .prepare(`select ${WHOLE} as line from audit_entry where id > ? and id <= ? order by id`)
      .bind(after, upTo)
      .all<{ line: string }>();
    hash = await hashBytes(new TextEncoder().encode([hash, ...results.map(({ line }) => line)].join('\n')));
    former.push(hash);
    await run(
      'insert into audit_seal (after_id, up_to, count, hash, at) values (?, ?, 3, ?, ?)',
      ...[after, upTo, hash, NOW + 3 * DAY],
    );
    after = upTo;
  }
  expect(await intact()).toBe(true);
  // Nothing is emptied before.
  expect(await empty(testContext(), { userId: kim.id, email: '' }, { at: 0, id: 0 }, 9)).toBeNull();
  await without('audit_entry_stays_as_it_is', () =>
    run(`update audit_entry set ip = 'x' where id = ?`, ids[7]),
  );
  const now = NOW + 4 * DAY;
  await Promise.all(Array.from({ length: 20 }, () => seal(testContext({ now }))));
  const forms = async () =>
    (await db.prepare('select form, former_hash as was, hash from audit_seal order by after_id').all())
      .results;
  expect(await forms()).toMatchObject([
    { form: 2, was: former[0] },
    { form: 2, was: former[1] },
    { form: 1, was: null, hash: former[2] },
  ]);
  expect((await verify(as(ava), 0)).broken).toEqual({ after: ids[5], upTo: ids[8] });
  await without('audit_entry_stays_as_it_is', () =>
    run(`update audit_entry set ip = '192.0.2.7' where id = ?`, ids[7]),
  );
  await seal(testContext({ now }));
  expect((await forms()).map((one) => one.form)).toEqual([2, 2, 2, 2]);
  expect(await intact()).toBe(true);
});
