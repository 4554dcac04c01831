import { beforeAll, describe, expect, it } from 'vitest';
import { as, bindings, DAY, HOUR, testContext, type User } from '../../../../tests/contexts';
import { makeAdministrator, makeGuest, makeSpace, makeUser } from '../../../../tests/factories';
import { audited, countingD1, refusal } from '../../../../tests/helpers';
import { loadTranslator, locales } from '../../messages';
import { exported, filterOf, list } from '.';
import { AUDITED, sentenceOf } from './kinds';
import { LOOKED_THROUGH, PAGE, type Filter } from './list';

const DAYS = 40;
const ENTRIES = 20_000;
const START = Date.UTC(2020, 0, 1);
const everything: Filter = { person: '', space: '', group: null, from: null, to: null };

let ava: User, zoe: User, gil: User;
let space: number;

/** Directly, as years would write them: several a moment, of few people a lot and of Zoe a little. */
const fill = (howMany: number) =>
  bindings.DB.prepare(
    `insert into audit_entry (at, action, actor_id, actor_name, subject, space_id, detail, ip)
     with recursive n(i) as (select 1 union all select i + 1 from n where i < ?1)
     select ?2 + (i / 3) * ?3, iif(i % 7, 'space.thread-created', 'account.signed-in'), iif(i % 1000, ?4, ?5), 'X',
       iif(i % 500, 'space:' || ?6, 'user:' || ?5), iif(i % 7, ?6, null), '{}', '192.0.2.7' from n`,
  )
    .bind(howMany, START, Math.floor((DAYS * DAY * 3) / howMany), ava.id, zoe.id, space)
    .run();

async function pages(filter: Partial<Filter>) {
  const rows = [];
  let after: string | null = '';
  for (let n = 0; after !== null && n < 500; n++) {
    const page = await list(as(ava), { ...everything, to: START + DAYS * DAY, ...filter }, after);
    rows.push(...page.rows);
    after = page.next;
  }
  expect(after).toBeNull();
  return rows;
}

const ids = async (where: string, ...values: unknown[]) =>
  (
    await bindings.DB.prepare(
      `select id from audit_entry where at < ${START + DAYS * DAY} and ${where} order by at desc, id desc`,
    )
      .bind(...values)
      .all<{ id: number }>()
  ).results.map((row) => row.id);

/** With its BOM. */
const text = async (stream: ReadableStream<string>) =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(
    await new Response(stream.pipeThrough(new TextEncoderStream())).arrayBuffer(),
  );

beforeAll(async () => {
  ava = await makeAdministrator({ name: 'Ava' });
  zoe = await makeUser({ name: 'Zoe Unmistakable', email: 'zoe.unmistakable@foyer.example' });
  gil = await makeGuest({ name: 'Gil' });
  space = await makeSpace(ava, { name: 'Lighthouse' });
  await fill(ENTRIES);
}, 60_000);

describe('the audit log', () => {
  it.each([
    [
      'a person, who did it or to whom it was done',
      { person: 'unmistak' },
      `(actor_id = ?1 or subject = 'user:' || ?1)`,
    ],
    [
      'an address',
      { person: 'zoe.unmistakable@foyer.example' },
      `(actor_id = ?1 or subject = 'user:' || ?1)`,
    ],
    [
      'a person and a kind',
      { person: 'unmistak', group: 'security' },
      `(actor_id = ?1 or subject = 'user:' || ?1) and action like 'account.%'`,
    ],
    [
      'a person and a space',
      { person: 'unmistak', space: 'lighthouse' },
      `(actor_id = ?1 or subject = 'user:' || ?1) and space_id = ${'?2'}`,
    ],
    ['a day', { from: START + DAY, to: START + 2 * DAY }, `at >= ${START + DAY} and at < ${START + 2 * DAY}`],
    [
      'a kind on some days',
      { group: 'security', from: START + DAY, to: START + 5 * DAY },
      `action like 'account.%' and at >= ${START + DAY} and at < ${START + 5 * DAY}`,
    ],
  ] as const)('shows every entry of %s, each once, newest first', async (_name, filter, where) => {
    const all = await ids(
      where.includes('?2') ? where.replace('?2', String(space)) : where,
      ...(where.includes('?1') ? [zoe.id] : []),
    );
    expect(all.length).toBeGreaterThan(3);
    expect((await pages(filter)).map((row) => row.id)).toEqual(all);
  });

  it('misses nothing while it grows', async () => {
    const first = await list(as(ava), everything);
    await fill(10);
    const second = await list(as(ava), everything, first.next!);
    const shown = [...first.rows, ...second.rows].map((row) => row.id);
    expect(new Set(shown).size).toBe(2 * PAGE);
  });

  it(`reads a bounded number of rows of ${ENTRIES}, whatever the filters, also where nothing fits`, async () => {
    await makeSpace(ava, { name: 'Emptiness' });
    const read = async (filter: Partial<Filter>) => {
      const counting = countingD1();
      await list(as(ava, { env: { DB: counting.DB } }), { ...everything, ...filter });
      return counting.rowsRead();
    };
    const others = (await bindings.DB.prepare('select count(*) n from user').first<{ n: number }>())!.n;
    expect(await read({})).toBeLessThan(PAGE * 12);
    expect(await read({ to: START + 3 * DAY })).toBeLessThan(PAGE * 12);
    expect(await read({ group: 'settings' })).toBeLessThan(PAGE * 12);
    expect(await read({ group: 'texts' })).toBeLessThan(PAGE * 20);
    for (const filter of [
      { person: 'ava', group: 'templates' },
      { person: 'ava', space: 'emptiness' },
      { space: 'lighthouse', group: 'exports' },
    ] as const)
      expect(await read(filter), JSON.stringify(filter)).toBeLessThan(LOOKED_THROUGH * 15 + others * 10);
  });

  it('says until when it has looked, where a page stops before it has found anything', async () => {
    const page = await list(as(ava), { ...everything, space: 'lighthouse', group: 'exports' });
    expect(page.rows).toEqual([]);
    expect(page.next).not.toBeNull();
    expect(page.lookedTo).toBeGreaterThan(START);
  });

  it('says that a word means more people than it shows', async () => {
    for (let i = 0; i < 11; i++) await makeUser({ name: `Multitude ${i}` });
    expect((await list(as(ava), { ...everything, person: 'multitude' })).tooMany).toEqual(['person']);
    expect((await list(as(ava), { ...everything, person: 'unmistak' })).tooMany).toEqual([]);
  });

  it('is for administrators of the site', async () => {
    for (const who of [zoe, gil]) {
      await expect(list(as(who), everything)).rejects.toMatchObject(refusal('forbidden'));
      expect(() => exported(as(who), everything)).toThrow();
    }
  });

  it('has a sentence for every kind in every language, and one for kinds that are gone', async () => {
    for (const locale of locales) {
      const t = await loadTranslator(locale);
      const said = AUDITED.map((kind) => t(sentenceOf(kind), { subject: 'S', what: 'W', action: kind }));
      expect(new Set(said).size).toBe(AUDITED.length);
      expect(t(sentenceOf('before.times'), { subject: '', what: '', action: 'before.times' })).toContain(
        'before.times',
      );
    }
  });

  it('shows no address in full but an invited one, no title and no text of a space', async () => {
    await bindings.DB.batch(
      [
        ['account.sign-in-failed', `user:${zoe.id}`, {}],
        ['space.thread-deleted', `space:${space}`, { title: 'Secret title' }],
        ['space.announcement-changed', `space:${space}`, { before: 'Secret words' }],
        ['space.guest-removed', `user:${gil.id}`, { email: gil.email }],
        ['invitation.cancelled', 'invitation:gone', { email: 'invited@partner.example' }],
      ].map(([action, subject, detail]) =>
        bindings.DB.prepare(
          `insert into audit_entry (at, action, actor_id, actor_name, subject, space_id, detail, ip) values (?, ?, ?, 'Zoe', ?, ?, ?, '')`,
        ).bind(Date.now() + HOUR, action, zoe.id, subject, space, JSON.stringify(detail)),
      ),
    );
    const { rows } = await list(as(ava), { ...everything, from: Date.now() });
    const shown = JSON.stringify(rows);
    expect(rows).toHaveLength(5);
    expect(shown).toContain('Zoe Unmistakable');
    expect(shown).toContain('z…@foyer.example');
    expect(shown).toContain('invited@partner.example');
    for (const hidden of ['Secret', zoe.email, gil.email]) expect(shown).not.toContain(hidden);
  });

  it('names who is gone as the entry does, and says so', async () => {
    await bindings.DB.prepare(
      `insert into audit_entry (at, action, actor_id, actor_name, subject, detail, ip) values (?, 'account.changed', 'erased', 'Old Name', 'user:erased', '{}', '')`,
    )
      .bind(START - DAY)
      .run();
    const { rows } = await list(as(ava), { ...everything, to: START });
    expect(rows).toMatchObject([{ who: { name: 'Old Name', former: true, email: '' } }]);
    expect(rows[0]!.what.params?.subject).toContain('a former account');
  });
});

describe('its export', () => {
  it('holds what the page shows with the same filters, safe for spreadsheets, and is in the audit', async () => {
    await bindings.DB.prepare(`update user set name = '=Zoe Unmistakable' where id = ?`).bind(zoe.id).run();
    const shown = await pages({ person: 'unmistak' });
    const csv = await text(exported(as(ava), { ...everything, to: START + DAYS * DAY, person: 'unmistak' }));
    expect(csv.startsWith('\ufeffentry,time,')).toBe(true);
    const lines = csv.trimEnd().split('\r\n').slice(1);
    expect(lines.map((line) => Number(line.split(',')[0]!.replaceAll('"', '')))).toEqual(
      shown.map((row) => row.id),
    );
    expect(csv).toContain(`"'=Zoe Unmistakable"`);
    expect((await audited('site.audit-exported')).at(-1)).toMatchObject({ actor_id: ava.id });
  });

  it('goes on over what does not fit', async () => {
    const csv = await text(exported(as(ava), { ...everything, space: 'lighthouse', group: 'exports' }));
    expect(csv.split('\r\n')).toHaveLength(2);
  });
});

describe('its days', () => {
  it('begin and end in the reader’s zone, also where clocks change', () => {
    const days = (zone: string, from: string, to: string) =>
      filterOf({ ...testContext(), timeZone: zone }, new URLSearchParams({ from, to })).filter;
    expect(days('Asia/Tokyo', '2026-11-28', '2026-11-28')).toMatchObject({
      from: Date.UTC(2026, 10, 27, 15),
      to: Date.UTC(2026, 10, 28, 15),
    });
    // 25 hours.
    expect(days('Europe/Berlin', '2026-10-25', '2026-10-25')).toMatchObject({
      from: Date.UTC(2026, 9, 24, 22),
      to: Date.UTC(2026, 9, 25, 23),
    });
    for (const wrong of ['', '2026-02-40', 'x', '2026-13-01'])
      expect(days('UTC', wrong, wrong)).toMatchObject({ from: null, to: null });
  });
});
