// No list is cut silently: following the pages shows everything once, even when things come and go in between.
import { beforeAll, describe, expect, it } from 'vitest';
import { as, bindings, DAY, type User } from '../../../tests/contexts';
import {
  account,
  makeAdministrator,
  makeGuest,
  makeSpace,
  makeUser,
  settlePeople,
  site,
} from '../../../tests/factories';
import { filter } from '../../../tests/guests';
import { joinSpace } from '../../../tests/invitations';
import { refusal } from '../../../tests/helpers';
import * as accounts from './accounts';
import { randomId } from './crypto';
import * as guests from './guests';
import * as invitations from './invitations';
import * as memberships from './memberships';
import * as notifications from './notifications';
import * as paging from './paging';
import * as spaces from './spaces';
import * as templates from './space-templates';
import * as threads from './threads';

const run = (query: string, ...values: unknown[]) =>
  bindings.DB.prepare(query)
    .bind(...values)
    .run();
const series = (n: number) =>
  `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${n})`;
const now = Date.now();

/** Written directly, because a password hash takes 120 ms. Names are `<name> <i>`. */
async function people(name: string, howMany: number, kind: 'user' | 'guest' = 'user'): Promise<string[]> {
  const { results } = await bindings.DB.prepare(
    `insert into user (id, kind, email, email_original, name, folded, password_hash, created_at, updated_at)
     ${series(howMany)} select lower(hex(randomblob(8))), ?1, lower(?2) || i || '@crowd.example', lower(?2) || i || '@crowd.example',
       ?2 || ' ' || i, lower(?2) || ' ' || i || char(10) || lower(?2) || i || '@crowd.example' || char(10), '', ?3, ?3 from n where true returning id`,
  )
    .bind(kind, name, now - DAY)
    .all<{ id: string }>();
  return results.map((row) => row.id);
}

/** All pages. `between` runs before each page but the first. */
async function walk<Row>(
  page: (key: string | null) => Promise<{ rows: Row[]; next: string | null }>,
  between?: (shown: Row[]) => Promise<unknown>,
): Promise<{ rows: Row[]; pages: number }> {
  const all: Row[] = [];
  let key: string | null = null;
  for (let pages = 1; ; pages++) {
    const { rows, next } = await page(key);
    all.push(...rows);
    if (next === null) return { rows: all, pages };
    expect(rows.length, 'a page that goes on shows something').toBeGreaterThan(0);
    expect(pages, 'it comes to an end').toBeLessThan(100);
    await between?.(rows);
    key = next;
  }
}

const sorted = <T extends string | number>(ids: T[]) => ids.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
/** All of them, each once. */
function whole<T extends string | number>(shown: T[], all: T[]): void {
  expect(shown.length, 'each once').toBe(new Set(shown).size);
  expect(sorted(shown)).toEqual(sorted(all));
}

let ava: User, ben: User, gil: User;
beforeAll(async () => {
  await site({ setUp: true, siteName: 'Foyer' });
  ava = await makeAdministrator({ name: 'Ava' });
  ben = await makeUser({ name: 'Ben' });
  gil = await makeGuest({ name: 'Gil' });
});

describe('no list is cut silently', () => {
  it.each(['user', 'guest'] as const)(
    'administration: every %s, though accounts come meanwhile',
    async (kind) => {
      const ids = await people(`List${kind}`, 205, kind);
      const late = { before: '', after: '' };
      const page = (after: string | null) =>
        kind === 'user'
          ? accounts.list(as(ava), { after: after ?? '', search: 'listuser' })
          : guests.list(as(ava), filter({ search: 'listguest' }), after ?? '');
      const { rows, pages } = await walk<{ id: string }>(page, async () => {
        // One before what was shown, one after it.
        if (late.before) return;
        [late.before] = (await people(`0list${kind}`, 1, kind)) as [string];
        [late.after] = (await people(`zlist${kind}`, 1, kind)) as [string];
      });
      expect(pages).toBe(kind === 'user' ? 3 : 5);
      whole(
        rows.map((r) => r.id),
        [...ids, late.after],
      );
    },
  );

  it('administration: open invitations of users', async () => {
    await run(
      `insert into invitation (id, kind, email, email_original, status, subject, message, locale, invited_by, created_at, sent_at, expires_at)
       ${series(205)} select 'open-user-' || i, 'user', 'open' || i || '@crowd.example', '', iif(i % 3, 'invited', 'expired'), '', '', 'en', ?, ?, ?, ? from n`,
      ava.id,
      now,
      now,
      now + DAY,
    );
    const { rows, pages } = await walk(
      (after) => invitations.openOfUsers(as(ava), after ?? ''),
      // The last row shown is gone when the next page is requested.
      (shown) => invitations.cancel(as(ava), null, shown.at(-1)!.id),
    );
    expect(pages).toBe(3);
    whole(
      rows.map((r) => r.id),
      Array.from({ length: 205 }, (_, i) => `open-user-${i + 1}`),
    );
    for (const who of [ben, gil])
      await expect(invitations.openOfUsers(as(who))).rejects.toMatchObject(refusal('forbidden'));
  });

  it('administration: spaces of one name, and the trash, of which many were deleted at once', async () => {
    const make = (deleted: boolean, n: number) =>
      bindings.DB.prepare(
        `insert into space (name, cover, request_key, created_by, created_at, updated_at, deleted_at, deleted_by)
         ${series(n)} select 'Same name', 'harbour', hex(randomblob(8)), ?1, ?2, ?2, ${deleted ? '?2, ?1' : 'null, null'} from n where true returning id`,
      )
        .bind(ava.id, now)
        .all<{ id: number }>()
        .then(({ results }) => results.map((r) => r.id));
    const [there, gone] = [await make(false, 205), await make(true, 205)];
    const shown = await walk(async (after) =>
      spaces.list(as(ava), { search: 'same name', after: after ?? '' }),
    );
    expect(shown.pages).toBe(3);
    whole(
      shown.rows.map((r) => r.id),
      there,
    );
    const inTrash = await walk(async (key) => {
      const found = await spaces.list(as(ava), { search: 'nothing', after: '', trash: key ?? '' });
      return { rows: found.trash, next: found.trashNext };
    });
    expect(inTrash.pages).toBe(3);
    whole(
      inTrash.rows.map((r) => r.id),
      gone,
    );
    await run(`delete from space where name = 'Same name'`);
  });

  it('the Members tab, also when the last person shown has left meanwhile', async () => {
    const room = await makeSpace(ava);
    const ids = await people('member', 205);
    for (const id of [...ids.slice(0, 2), ids[204]!]) await memberships.addMember(as(ava), room, id, true);
    await run(
      `insert into membership (space_id, user_id, administrator, joined_at, last_read_at)
       select ?1, value, 0, 1, 1 from json_each(?2) where true on conflict do nothing`,
      room,
      JSON.stringify(ids),
    );
    await settlePeople(room);
    const { rows, pages } = await walk(
      async (after) => {
        const { members, next } = await memberships.members(as(ava), room, { after: after ?? '' });
        return { rows: members, next };
      },
      (shown) => memberships.removeMember(as(ava), room, shown.at(-1)!.id),
    );
    expect(pages).toBe(3);
    whole(
      rows.map((r) => r.id),
      [ava.id, ...ids],
    );
    expect(rows.slice(0, 4).every((r) => r.administrator)).toBe(true);
  });

  it('own spaces: on the portal the last used first, on /me by name, whatever their letters are', async () => {
    const owner = await makeUser();
    const names = ['alpha', 'Beta', 'gamma', 'Delta'];
    for (const [i, name] of names.entries()) await makeSpace(owner, { name: `${name} ${i}` });
    await run(
      `insert into space (name, cover, request_key, created_by, created_at, updated_at)
       ${series(205)} select iif(i % 2, 'space', 'Space') || ' ' || (i / 4), 'harbour', hex(randomblob(8)), ?1, ?2 + i / 10, ?2 from n`,
      owner.id,
      now - 30 * DAY,
    );
    await run(
      `insert into membership (space_id, user_id, joined_at, last_read_at)
       select id, ?1, 1, 1 from space where created_by = ?1 on conflict do nothing`,
      owner.id,
    );
    const { results } = await bindings.DB.prepare('select id from space where created_by = ?')
      .bind(owner.id)
      .all<{ id: number }>();
    const all = results.map((r) => r.id);
    expect(all).toHaveLength(209);
    const late: number[] = [];
    const home = await walk(
      async (before) => {
        const { spaces: rows, spacesNext } = await spaces.portal(as(owner), before);
        return { rows, next: spacesNext };
      },
      // New things appear on the first page and move nothing on the next.
      async () => late.push(await makeSpace(owner, { name: 'New' })),
    );
    expect(home.pages).toBe(4);
    whole(
      home.rows.map((r) => r.id),
      all,
    );
    const ctx = async () => {
      const context = as(owner);
      context.settings = (await import('./settings')).parse('{}');
      return context;
    };
    const mine = await walk(async (key) => {
      const found = await accounts.profile(await ctx(), { spaces: key });
      return { rows: found.spaces, next: found.spacesNext };
    });
    expect(mine.pages).toBe(3);
    whole(
      mine.rows.map((r) => r.id),
      [...all, ...late],
    );
    expect(mine.rows.map((r) => r.name).slice(0, 4)).toEqual(['alpha 0', 'Beta 1', 'Delta 3', 'gamma 2']);
  });

  it('own sessions on /me: this one first, then every other', async () => {
    const owner = await makeUser();
    await run(
      `insert into session (id_hash, user_id, created_at, last_seen_at, expires_at, absolute_expires_at, ip, user_agent)
       ${series(105)} select 'session-' || i, ?1, ?2 + i / 9, ?2, ?3, ?3, '', '' from n`,
      owner.id,
      now,
      now + DAY,
    );
    const { rows, pages } = await walk(async (key) => {
      const ctx = as(owner);
      ctx.sessionHash = 'session-3';
      ctx.settings = (await import('./settings')).parse('{}');
      const found = await accounts.profile(ctx, { sessions: key });
      return { rows: found.sessions, next: found.sessionsNext };
    });
    expect(pages).toBe(3);
    expect(rows[0]).toMatchObject({ id: 'session-3', current: true });
    expect(rows.filter((r) => r.current)).toHaveLength(1);
    whole(
      rows.map((r) => r.id),
      Array.from({ length: 105 }, (_, i) => `session-${i + 1}`),
    );
  });

  it('threads and pinned threads of a space, for members and for guests who do not see each other', async () => {
    const room = await makeSpace(ava);
    await joinSpace(ava, room, gil);
    await run(
      `insert into thread (space_id, title, body, author_id, last_activity_at, public_activity_at, staff_activity_at, pinned_at, request_key, created_at)
       ${series(130)} select ?1, 'T' || i, '', ?2, ?3 + i / 7, ?3 + i / 7, ?3 + i / 7, iif(i <= 65, ?3 + i / 7, null), hex(randomblob(8)), ?3 from n`,
      room,
      ava.id,
      now - DAY,
    );
    const { results } = await bindings.DB.prepare(
      'select id, pinned_at is not null as pinned from thread where space_id = ?',
    )
      .bind(room)
      .all<{ id: number; pinned: number }>();
    for (const hidden of [0, 1]) {
      await run('update space set guests_hidden = ? where id = ?', hidden, room);
      for (const who of [ava, gil]) {
        const listed = await walk(async (before) => {
          const { threads: rows, next } = await spaces.overview(as(who), room, { before });
          return { rows, next };
        });
        whole(
          listed.rows.map((r) => r.id),
          results.filter((r) => !r.pinned).map((r) => r.id),
        );
        const pinned = await walk(async (before) => {
          const { pinned: rows, pinnedNext: next } = await spaces.overview(as(who), room, {
            pinnedBefore: before,
          });
          return { rows, next };
        });
        expect(pinned.pages).toBe(3);
        whole(
          pinned.rows.map((r) => r.id),
          results.filter((r) => r.pinned).map((r) => r.id),
        );
      }
    }
  });

  it('what a text said before, and who reacted to it; the button says how many are not named', async () => {
    const room = await makeSpace(ava);
    await joinSpace(ava, room, gil);
    const thread = await threads.begin(as(ava), room, { title: 'T', body: 'Words', requestKey: randomId() });
    await run(
      `insert into revision (space_id, thread_id, comment_id, title, body, replaced_at) ${series(45)} select ?3, ?1, null, '', 'v' || i, ?2 from n`,
      thread,
      now,
      room,
    );
    const versions = await walk((key) => threads.history(as(ava), room, thread, null, key));
    expect(versions.pages).toBe(3);
    expect(versions.rows.map((r) => r.html.trim())).toEqual(
      Array.from({ length: 45 }, (_, i) => `<p>v${45 - i}</p>`),
    );

    const fans = await people('fan', 104);
    await run(
      `insert into membership (space_id, user_id, joined_at, last_read_at) select ?1, value, 1, 1 from json_each(?2)`,
      room,
      JSON.stringify(fans),
    );
    await run(
      `insert into reaction (space_id, thread_id, comment_id, user_id, kind, at) select ?4, ?1, 0, value, 'yes', ?2 + key / 9 from json_each(?3)`,
      thread,
      now,
      JSON.stringify(fans),
      room,
    );
    await threads.react(as(gil), room, thread, null, 'heart', true);
    const shown = (await threads.read(as(ava), room, thread)).thread.reactions;
    expect(shown.map(({ kind, count, more, people }) => [kind, count, more, people.length])).toEqual([
      ['yes', 104, 84, 20],
      ['heart', 1, 0, 1],
    ]);
    const who = await walk((key) => threads.reacted(as(ava), room, thread, null, key));
    expect(who.pages).toBe(3);
    whole(
      who.rows.map((r) => r.id + r.kind),
      [...fans.map((id) => `${id}yes`), `${gil.id}heart`],
    );
  });

  it('who reacted: no other guest where guests are hidden', async () => {
    const room = await makeSpace(ava, { guestsHidden: true });
    const kim = await makeGuest({ name: 'Kim' });
    for (const guest of [gil, kim]) await joinSpace(ava, room, guest);
    const thread = await threads.begin(as(ava), room, { title: 'T', body: 'W', requestKey: randomId() });
    for (const who of [ben, gil, kim])
      if (who !== ben) await threads.react(as(who), room, thread, null, 'yes', true);
    const seen = async (who: User) =>
      (await threads.reacted(as(who), room, thread, null)).rows.map((r) => r.name);
    expect(await seen(kim)).toEqual(['Kim']);
    expect((await seen(ava)).sort()).toEqual(['Gil', 'Kim']);
  });

  it('notifications', async () => {
    const reader = await makeUser();
    const room = await makeSpace(ava, {}, [reader]);
    const thread = await threads.begin(as(ava), room, { title: 'T', body: 'Words', requestKey: randomId() });
    await run(
      `insert into notification (user_id, space_id, thread_id, comment_id, kind, actor_id, created_at)
       ${series(95)} select ?1, ?2, ?3, null, iif(i % 2, 'mention', 'thread'), ?4, ?5 from n`,
      reader.id,
      room,
      thread,
      ava.id,
      now,
    );
    for (const [show, count] of [
      ['all', 95],
      ['me', 48],
    ] as const) {
      const { rows } = await walk(async (before) => {
        const { items, next } = await notifications.list(as(reader), { show, before });
        return { rows: items, next };
      });
      expect(new Set(rows.map((r) => r.id)).size).toBe(count);
      expect(rows).toHaveLength(count);
    }
  });

  it('the templates of a site: all of them, as many as it may have', async () => {
    await run(
      `insert into space_template (id, name, content, created_by, created_at, updated_at)
       ${series(100)} select 'template' || i, 'Template ' || i, '{"threads":[],"links":[],"announcement":"","cover":"harbour"}', ?, ?, ? from n`,
      ava.id,
      now,
      now,
    );
    const own = (await templates.list(as(ava))).filter(({ id }) => id.startsWith('template'));
    expect(own).toHaveLength(100);
    await run(`delete from space_template`);
  });

  it('colleagues who are chosen for a new space come back with the form, however many', async () => {
    const ids = await people('chosen', 1_200);
    const { people: shown } = await accounts.colleagues(as(ava), 'nobody at all', ids);
    whole(
      shown.map((p) => p.id),
      ids,
    );
  });
});

describe('the key of a page', () => {
  it('is read as it was written, whatever a name holds', () => {
    for (const name of ['Ann "Q" Lee', '山田 太郎 👩‍👩‍👧', '\ud800 half', 'a\u0000b', '…', ''])
      expect(paging.read(paging.write([1, name, 'id']), 'number', 'text', 'text')).toEqual([
        1,
        name.toWellFormed(),
        'id',
      ]);
  });

  it('that nobody of us wrote begins at the first page: no error, no foreign condition', async () => {
    const broken = [
      '',
      'x',
      '%',
      '💥',
      'null',
      'A'.repeat(10_000),
      paging.write(['only text']),
      paging.write([1, 2, 3, 4]),
      paging.write([1e300, 1]),
      btoa('[1e999,1]'),
      btoa('{"length":2}'),
      btoa('[[1],{}]'),
      "1' or 1=1 --",
    ];
    for (const key of broken) {
      expect(paging.read(key, 'number', 'number')).toBeNull();
      const { spaces: first } = await spaces.portal(as(ava), key);
      expect(first.map((s) => s.id)).toEqual((await spaces.portal(as(ava))).spaces.map((s) => s.id));
      await accounts.list(as(ava), { after: key });
      await guests.list(as(ava), filter(), key);
      await spaces.list(as(ava), { search: '', after: key, trash: key });
      await invitations.openOfUsers(as(ava), key);
    }
    expect(await account(ava.email)).toBeTruthy();
  });
});
