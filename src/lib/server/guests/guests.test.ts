import { beforeAll, describe, expect, it } from 'vitest';
import { as, bindings, DAY, type User } from '../../../../tests/contexts';
import {
  makeAdministrator,
  makeGuest,
  makeSpace,
  makeUser,
  site,
  someEmail,
} from '../../../../tests/factories';
import { filter } from '../../../../tests/guests';
import { invite, joinSpace } from '../../../../tests/invitations';
import { countingD1, refusal } from '../../../../tests/helpers';
import * as accounts from '../accounts';
import * as guests from './index';

let ava: User, ben: User;
beforeAll(async () => {
  await site({ setUp: true, siteName: 'Foyer' });
  [ava, ben] = [await makeAdministrator({ name: 'Ava' }), await makeUser({ name: 'Ben' })];
});

const shown = async (values: Record<string, string>, who = ava) =>
  (await guests.list(as(who), filter(values))).rows;

describe('Guest Management', () => {
  it('shows guests and pending invitations in one list, with spaces, inviter and state', async () => {
    const harbour = await makeSpace(ben, { name: 'Merged Harbour' });
    const bridge = await makeSpace(ben, { name: 'Merged Bridge' });
    const third = await makeSpace(ben, { name: 'Merged Third' });
    const gil = await makeGuest({ name: 'Mergel Gil', company: 'Mergers' });
    for (const space of [harbour, bridge, third]) await joinSpace(ben, space, gil);
    const asked = someEmail('mergel');
    await invite(ben, harbour, asked);
    const rows = await shown({ search: 'mergel' });
    expect(rows).toMatchObject([
      {
        status: 'active',
        name: 'Mergel Gil',
        company: 'Mergers',
        spaceCount: 3,
        inviter: { name: 'Ben' },
        invitation: null,
      },
      {
        status: 'invited',
        name: null,
        email: asked,
        spaces: [{ id: harbour, name: 'Merged Harbour' }],
        inviter: { name: 'Ben' },
        invitation: { over: null, delivery: { state: 'sent' } },
      },
    ]);
    expect(rows[0]!.spaces).toHaveLength(2);
  });

  it('filters by status, as it is now', async () => {
    const space = await makeSpace(ben, { name: 'Statuses' });
    const [here, gone] = [await makeGuest({ name: 'Statusa' }), await makeGuest({ name: 'Statusb' })];
    for (const guest of [here, gone]) await joinSpace(ben, space, guest);
    await accounts.setActive(as(ava), gone.id, false);
    const [waiting, late] = [someEmail('status'), someEmail('status')];
    await invite(ben, space, `${waiting}, ${late}`);
    await bindings.DB.prepare('update invitation set expires_at = 1 where email = ?').bind(late).run();
    const found = async (status: string) =>
      (await shown({ space: 'Statuses', status })).map(({ name, email }) => name ?? email);
    expect(await found('active')).toEqual(['Statusa']);
    expect(await found('inactive')).toEqual(['Statusb']);
    expect(await found('invited')).toEqual([waiting]);
    expect(await found('expired')).toEqual([late]);
    expect(await found('')).toHaveLength(4);
  });

  it('lists whoever has declined, too: when, but not why; in every order, and exported', async () => {
    const space = await makeSpace(ben, { name: 'Declining' });
    const addresses = [0, 1, 2].map(() => someEmail('declines'));
    await invite(ben, space, addresses.join(', '));
    const [first, second] = addresses.toSorted();
    await bindings.DB.prepare(
      `update invitation set status = 'declined', declined_at = 1700000000000, decline_reason = 'Not me' where email in (?, ?)`,
    )
      .bind(first, second)
      .run();
    const found = await shown({ space: 'Declining', status: 'declined' });
    expect(found).toMatchObject([
      { email: first, status: 'declined', declinedAt: 1_700_000_000_000, invitation: null, name: null },
      { email: second },
    ]);
    expect(JSON.stringify(found)).not.toContain('Not me');
    for (const order of guests.ORDERS)
      for (const values of [{ space: 'Declining' }, { search: 'declines' }, { search: first! }] as Record<
        string,
        string
      >[])
        expect(
          (await shown({ ...values, order })).filter(({ status }) => status === 'declined').length,
          `${order} ${Object.keys(values).join()}`,
        ).toBe(values['search'] === first ? 1 : 2);
    // Page by page, in all sources.
    for (const order of guests.ORDERS) {
      const seen: string[] = [];
      for (let after: string | null = ''; after !== null;) {
        const page: guests.GuestList = await guests.list(
          as(ava),
          filter({ space: 'Declining', order }),
          after,
          { size: 1 },
        );
        seen.push(...page.rows.map(({ email }) => email));
        after = page.next;
      }
      expect(seen.toSorted(), order).toEqual(addresses.toSorted());
    }
    const csv = await new Response(
      guests
        .exported(as(ava), filter({ status: 'declined', space: 'Declining' }))
        .pipeThrough(new TextEncoderStream()),
    ).text();
    expect(csv).toContain('"2023-11-14T22:13:20.000Z"');
  });

  it('an invitation by somebody who may not invite any more has expired, and says why', async () => {
    const [kim, lou] = [await makeUser(), await makeUser()];
    const space = await makeSpace(kim, { name: 'Orphans' }, [lou]);
    const asked = someEmail('orphan');
    await invite(kim, space, asked);
    await accounts.setActive(as(ava), kim.id, false);
    expect(await shown({ search: asked })).toMatchObject([
      { status: 'expired', invitation: { over: 'inviter' } },
    ]);
  });

  it('filters by space and company: exactly that one, or all that begin or contain the words', async () => {
    const [quay, quayside] = [
      await makeSpace(ben, { name: 'Quay' }),
      await makeSpace(ben, { name: 'Quay Side' }),
    ];
    const [one, two] = [
      await makeGuest({ name: 'One', company: 'Öster' }),
      await makeGuest({ name: 'Two', company: 'Österlund' }),
    ];
    await joinSpace(ben, quay, one);
    await joinSpace(ben, quayside, two);
    const names = async (values: Record<string, string>) => (await shown(values)).map(({ name }) => name);
    expect(await names({ space: 'quay' })).toEqual(['One']);
    expect(await names({ space: 'side' })).toEqual(['Two']);
    expect(await names({ space: 'no such' })).toEqual([]);
    expect(await names({ company: 'oster' })).toEqual(['One']);
    expect(await names({ company: 'Österl' })).toEqual(['Two']);
    for (const order of guests.ORDERS) {
      expect((await names({ company: 'öste', order })).toSorted()).toEqual(['One', 'Two']);
      expect(await names({ company: 'öster', space: 'quay', order })).toEqual(['One']);
    }
  });

  it('sorts by name, company, login and invitation, page by page, each once', async () => {
    const space = await makeSpace(ben, { name: 'Sorted' });
    for (let i = 0; i < 7; i++) {
      const guest = await makeGuest({
        name: `Sort ${'gfedcba'[i]}`,
        company: i % 3 ? `Sorts ${i % 3}` : '',
        lastLoginAt: i === 3 ? null : 1_000 + ((i * 5) % 7),
        createdAt: 2_000 + ((i * 3) % 7),
      });
      await bindings.DB.prepare(
        'insert into membership (space_id, user_id, joined_at, last_read_at) values (?, ?, 0, 0)',
      )
        .bind(space, guest.id)
        .run();
    }
    await invite(ben, space, [1, 2, 3, 4, 5].map(() => someEmail('sort')).join(', '));
    const values = { space: 'Sorted' };
    for (const order of guests.ORDERS) {
      const whole = await shown({ ...values, order });
      expect(whole).toHaveLength(12);
      for (const size of [1, 2, 5]) {
        const refs: string[] = [];
        for (let after = ''; ;) {
          const page = await guests.list(as(ava), filter({ ...values, order }), after, { size });
          refs.push(...page.rows.map(({ ref }) => ref));
          if (page.next === null) break;
          after = page.next;
        }
        expect(refs, `${order}, ${size} at a time`).toEqual(whole.map(({ ref }) => ref));
      }
      const key = {
        name: (row: (typeof whole)[0]) => row.name?.toLowerCase() ?? row.email,
        company: (row: (typeof whole)[0]) =>
          `${row.company || '\u{10ffff}'} ${row.name?.toLowerCase() ?? row.email}`,
        login: (row: (typeof whole)[0]) => -(row.lastLoginAt ?? 0),
        longest: (row: (typeof whole)[0]) => row.lastLoginAt ?? (row.name === null ? Infinity : 0),
        invited: () => 0,
      }[order];
      if (order === 'login') expect(whole.filter((row) => row.lastLoginAt !== null)).toHaveLength(6);
      const keys = whole.map((row) => key(row));
      expect(keys, order).toEqual(keys.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
    }
  });

  it('the longest filter stays within what D1 can bind', async () => {
    const words = 'a b c d e f g h i j k l m n o p q r s t u v w x y z';
    const long = { search: words, space: words, company: words };
    for (const status of ['', 'invited', 'expired']) {
      const after = (await guests.list(as(ava), filter({ order: 'company' }), '', { size: 1 })).next!;
      expect(await guests.list(as(ava), filter({ ...long, status, order: 'company' }), after)).toMatchObject({
        rows: [],
      });
    }
  });

  it('is for administrators of the site', async () => {
    await expect(guests.list(as(ben), filter())).rejects.toMatchObject(refusal('forbidden'));
    expect(() => guests.exported(as(ben), filter())).toThrow();
  });

  it('exports what is filtered, with invitations, safe for spreadsheets', async () => {
    const space = await makeSpace(ben, { name: '=Export' });
    const gil = await makeGuest({ name: '@Exporta', company: 'Exports', lastLoginAt: DAY });
    await joinSpace(ben, space, gil);
    const asked = someEmail('export');
    await invite(ben, space, asked);
    let csv = '';
    for await (const piece of guests.exported(as(ava), filter({ space: '=Export' }))) csv += piece;
    const lines = csv.trimEnd().split('\r\n');
    expect(csv.startsWith('\ufeffe-mail,display name,company,status,last login,spaces,')).toBe(true);
    expect(lines).toHaveLength(3);
    expect(csv).toContain(`"${gil.email}","'@Exporta","Exports","active",`);
    expect(csv).toContain(`"'=Export"`);
    expect(csv).toContain(new Date(DAY).toISOString());
    expect(csv).toContain(`"${asked}","","","invited",`);
  });
});

const MANY = 100_000;

describe(`with ${MANY} guests and ${MANY} invitations`, () => {
  beforeAll(async () => {
    const [small, large] = [
      await makeSpace(ben, { name: 'Small of many' }),
      await makeSpace(ben, { name: 'Large of many' }),
    ];
    for (let done = 0; done < MANY; done += 10_000) {
      const rows = `with recursive n(i) as (select ${done} union all select i + 1 from n where i < ${done + 9_999})`;
      await bindings.DB.batch([
        bindings.DB.prepare(
          `insert into user (id, kind, status, email, email_original, name, folded, company, password_hash, last_login_at, created_at, updated_at)
           ${rows} select 'g' || i, 'guest', iif(i % 5000 = 7, 'inactive', 'active'), 'many' || i || '@crowd.example', '', 'Many ' || i,
             'many ' || i || char(10) || 'many' || i || '@crowd.example' || char(10) || iif(i % 4 = 0, 'giant', 'firm ' || (i % 2000)),
             iif(i % 4 = 0, 'Giant', 'Firm ' || (i % 2000)), '', i, i, 0 from n`,
        ),
        bindings.DB.prepare(
          `insert into membership (space_id, user_id, joined_at, last_read_at) ${rows} select iif(i % 1000 = 3, ?1, ?2), 'g' || i, 0, 0 from n`,
        ).bind(small, large),
        bindings.DB.prepare(
          `insert into invitation (id, kind, space_id, email, email_original, status, subject, message, locale, invited_by, created_at, sent_at, expires_at)
           ${rows} select 'i' || i, 'guest', iif(i % 1000 = 3, ?1, ?2), 'asked' || i || '@crowd.example', '', iif(i % 2000 = 1, 'invited', 'expired'),
             '', '', 'en', ?3, i, i, iif(i % 2000 = 1, ?4, 1) from n`,
        ).bind(small, large, ben.id, Date.now() + DAY),
      ]);
    }
  }, 240_000);

  async function rowsRead(values: Record<string, string>, after = '') {
    const counting = countingD1();
    const ctx = as(ava, { env: { DB: counting.DB } });
    const page = await guests.list(ctx, filter(values), after);
    return { read: counting.rowsRead(), page };
  }

  it('a page in every order reads as much as the page before it', async () => {
    for (const order of guests.ORDERS) {
      let after = '';
      for (let i = 0; i < 6; i++) {
        const { read, page } = await rowsRead({ order }, after);
        expect(page.rows, order).toHaveLength(50);
        expect(read, `${order}, page ${i}`).toBeLessThan(4_000);
        after = page.next!;
      }
    }
  }, 120_000);

  it('finds what is rare completely, and an address at once', async () => {
    for (const order of guests.ORDERS) {
      expect((await rowsRead({ status: 'inactive', order })).page.rows).toHaveLength(21);
      expect((await rowsRead({ status: 'invited', order })).page.rows).toHaveLength(50);
      const { read, page } = await rowsRead({ search: 'many77777@crowd.example', order });
      expect(page).toMatchObject({ next: null, cut: false, rows: [{ id: 'g77777' }] });
      expect(read).toBeLessThan(200);
      const firm = (await rowsRead({ company: 'Firm 77', order })).page;
      expect(firm).toMatchObject({ next: null, cut: false });
      expect(firm.rows).toHaveLength(50);
      const inSpace = (await rowsRead({ space: 'Small of many', order })).page;
      expect(inSpace.rows).toHaveLength(50);
      expect(inSpace.cut).toBe(false);
    }
  }, 120_000);

  it('no filter reads more than a bounded number of rows, and says where it stopped', async () => {
    const filters: Record<string, string>[] = [
      { search: 'nobody' },
      { space: 'Large of many' },
      { company: 'Giant' },
      { status: 'expired', space: 'Large of many', search: 'asked99' },
      { status: 'invited' },
      { company: 'Giant', space: 'Large of many' },
    ];
    for (const values of filters)
      for (const order of ['name', 'login']) {
        const { read, page } = await rowsRead({ ...values, order });
        expect(read, JSON.stringify({ ...values, order })).toBeLessThan(80_000);
        if (page.rows.length < 50) expect(page.cut || page.next === null).toBe(true);
      }
    expect((await rowsRead({ search: 'nobody' })).page).toMatchObject({ rows: [], cut: true });
  }, 240_000);
});
