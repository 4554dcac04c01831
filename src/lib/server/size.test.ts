// A page's cost does not grow with what is in the space, or next to it.
import { beforeAll, describe, expect, it } from 'vitest';
import { as, bindings, type User } from '../../../tests/contexts';
import { makeGuest, makeSpace, makeUser, settlePeople } from '../../../tests/factories';
import { joinSpace } from '../../../tests/invitations';
import { countingD1 } from '../../../tests/helpers';
import * as changes from './changes';
import * as files from './files';
import * as invitations from './invitations';
import * as memberships from './memberships';
import * as mentions from './mentions/completion';
import * as notifications from './notifications';
import * as spaces from './spaces';
import * as threads from './threads';
import { THREAD_FILTERS } from '../thread-filters';

const THREADS = 1_000;
const COMMENTS = 100_000;

/** Directly: writing a hundred thousand comments one by one would take an hour. */
async function fill(spaceId: number, author: User, howMany: number, comments: number): Promise<void> {
  const now = Date.now() - 1_000_000;
  const series = (n: number) =>
    `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${n})`;
  await bindings.DB.prepare(
    `insert into thread (space_id, title, body, author_id, last_activity_at, public_activity_at, staff_activity_at, comment_count, public_comment_count, staff_comment_count, request_key, created_at)
     ${series(howMany)} select ?1, 'Thread ' || i, 'Words', ?2, ?3 + i, ?3 + i, ?3 + i, ${comments / howMany}, ${comments / howMany}, ${comments / howMany}, 'fill:' || ?1 || ':' || i, ?3 from n`,
  )
    .bind(spaceId, author.id, now)
    .run();
  const { first } = (await bindings.DB.prepare('select min(id) as first from thread where space_id = ?')
    .bind(spaceId)
    .first<{ first: number }>())!;
  for (let done = 0; done < comments; done += 20_000)
    await bindings.DB.prepare(
      `insert into comment (space_id, thread_id, author_id, body, request_key, created_at)
       ${series(Math.min(20_000, comments - done))} select ?4, ?1 + (i + ${done}) % ${howMany}, ?2, 'Words ' || i, 'fill:' || ?1 || ':' || (i + ${done}), ?3 + i from n`,
    )
      .bind(first, author.id, now, spaceId)
      .run();
}

/** To a thread: by Ava, and by a guest whom others do not see; every third only for the company. Written directly. */
const attach = (space: number, howMany: number) =>
  bindings.DB.prepare(
    `insert into file (id, kind, space_id, thread_id, name, folded, type, category, size, key, uploader_id, created_at, attached_at, audience, owner_id)
     with recursive n(i) as (select 1 union all select i + 1 from n where i < ?2)
     select 'f' || cast(?1 as int) || '-' || i, 'attachment', ?1, t.id, 'file ' || i, 'file ' || i, '', iif(i % 2, 'picture', 'other'), i, 'k' || ?1 || i,
       iif(i % 3 = 1, ?3, ?4), i, i, iif(i % 3 = 0, 'company', null), iif(i % 3 = 1, ?3, null)
     from n join (select min(id) id from thread where space_id = ?1) t`,
  )
    .bind(space, howMany, mia.id, ava.id)
    .run();

async function rowsRead(who: User, read: (ctx: ReturnType<typeof as>) => Promise<unknown>): Promise<number> {
  const counting = countingD1();
  await read(as(who, { env: { DB: counting.DB } }));
  return counting.rowsRead();
}

let ava: User, gil: User, mia: User;
let empty: number, onePage: number, hundred: number, huge: number;
beforeAll(async () => {
  [ava, gil] = [await makeUser(), await makeGuest()];
  [empty, onePage, hundred, huge] = [
    await makeSpace(ava),
    await makeSpace(ava),
    await makeSpace(ava),
    await makeSpace(ava),
  ];
  for (const space of [empty, onePage, huge]) await joinSpace(ava, space, gil);
  await fill(onePage, ava, 31, 31 * 100);
  await fill(hundred, ava, 101, 101);
  await fill(huge, ava, THREADS, COMMENTS);
}, 120_000);

describe(`a space with ${THREADS} threads and ${COMMENTS} comments`, () => {
  it('opens with as many rows read as one with a single page of threads (±10 %), for members and guests', async () => {
    for (const who of [ava, gil]) {
      const read = (space: number) => rowsRead(who, (ctx) => spaces.overview(ctx, space));
      const [none, few, many] = [await read(empty), await read(onePage), await read(huge)];
      expect(
        Math.abs(many - few),
        `rows read by a ${who.kind}: empty ${none}, one page ${few}, huge ${many}`,
      ).toBeLessThanOrEqual(few * 0.1);
    }
  });

  it('goes on to its tenth page at the same cost', async () => {
    let before: string | null = null;
    const cost: number[] = [];
    for (let i = 0; i < 10; i++) {
      cost.push(
        await rowsRead(ava, async (ctx) => (before = (await spaces.overview(ctx, huge, { before })).next)),
      );
      expect(before).not.toBeNull();
    }
    expect(Math.abs(cost.at(-1)! - cost[1]!)).toBeLessThanOrEqual(cost[1]! * 0.1);
  });

  it.each(THREAD_FILTERS)(
    'shows its threads that are %s at the cost of a page, or of what is passed over: at most two rows a thread',
    async (show) => {
      const kim = await makeUser();
      await bindings.DB.prepare(
        'insert into membership (space_id, user_id, administrator, joined_at, last_read_at) values (?, ?, 0, 0, 0)',
      )
        .bind(huge, kim.id)
        .run();
      const close = (which: string) =>
        bindings.DB.prepare(`update thread set closed_at = ${which} where space_id = ?`).bind(huge).run();
      const cost = (who: User) => rowsRead(who, (ctx) => spaces.overview(ctx, huge, { show }));
      const page = await rowsRead(ava, (ctx) => spaces.overview(ctx, onePage));
      for (const which of ['null', '1', 'iif(id % 2, 1, null)']) {
        await close(which);
        for (const who of [ava, gil, kim]) {
          const passed = show === 'mine' && who !== ava ? 2 * THREADS : 0;
          expect(await cost(who), `${who.kind}, closed: ${which}`).toBeLessThanOrEqual(page * 1.5 + passed);
        }
      }
      // Each of them read by itself.
      await bindings.DB.prepare(
        'insert into thread_person (space_id, thread_id, user_id, read_at) select space_id, id, ?1, ?2 from thread where space_id = ?3',
      )
        .bind(kim.id, Date.now(), huge)
        .run();
      const passed = /unread|mine/.test(show) ? 2 * THREADS : 0;
      expect(await cost(kim)).toBeLessThanOrEqual(page * 1.5 + passed);
      await close('null');
      await bindings.DB.prepare('delete from membership where user_id = ?').bind(kim.id).run();
    },
  );

  it('a thread of it opens with as many rows read as the only thread of another', async () => {
    const read = async (space: number) => {
      const [thread] = (await spaces.overview(as(ava), space)).threads;
      return rowsRead(ava, (ctx) => threads.read(ctx, space, thread!.id));
    };
    const [few, many] = [await read(onePage), await read(huge)];
    expect(Math.abs(many - few), `rows read by a thread: ${few} and ${many}`).toBeLessThanOrEqual(few * 0.1);
  });

  it('is a card of the portal like any other, for members and for guests, whether these see each other or not', async () => {
    for (const hidden of [0, 1])
      for (const who of ['user', 'guest'] as const) {
        const read = async (space: number) => {
          const viewer = who === 'user' ? await makeUser() : await makeGuest();
          await bindings.DB.batch([
            bindings.DB.prepare(
              'insert into membership (space_id, user_id, administrator, joined_at, last_read_at) values (?, ?, 0, 0, 0)',
            ).bind(space, viewer.id),
            bindings.DB.prepare('update space set guests_hidden = ? where id = ?').bind(hidden, space),
          ]);
          const rows = await rowsRead(viewer, spaces.portal);
          await bindings.DB.prepare('delete from membership where user_id = ?').bind(viewer.id).run();
          return rows;
        };
        // At most a hundred threads are checked for unread ones.
        const [few, many] = [await read(hundred), await read(huge)];
        expect(few).toBeGreaterThan(100);
        expect(Math.abs(many - few), `rows read by a ${who}: ${few} and ${many}`).toBeLessThanOrEqual(
          few * 0.1,
        );
      }
  });
});

describe('what an open page asks every few seconds', () => {
  const CHANGES = 5_000;
  const SPACES = 50;
  const news = (who: User) => rowsRead(who, notifications.news);

  /** Changes by another guest, or by the company. */
  const happen = (spaceId: number, owner: string | null, howMany = CHANGES) =>
    bindings.DB.prepare(
      `insert into space_event (space_id, kind, actor_id, owner_id, at)
       with recursive n(i) as (select 1 union all select i + 1 from n where i < ?1) select ?2, 'comment', ?4, ?3, ?5 from n`,
    )
      .bind(howMany, spaceId, owner, owner ?? ava.id, Date.now())
      .run();

  it('reads no more rows after thousands of changes, also of those that a guest does not hear of', async () => {
    for (const guestsHidden of [false, true]) {
      const space = await makeSpace(ava, { guestsHidden });
      const [kim, lou] = [await makeGuest(), await makeGuest()];
      for (const guest of [kim, lou]) await joinSpace(ava, space, guest);
      const seq = async (who: User) => (await spaces.overview(as(who), space)).seq;
      for (const who of [ava, kim]) {
        const known = await seq(who);
        const asked = () => rowsRead(who, (ctx) => changes.since(ctx, space, known));
        const [before, open] = [await news(who), await asked()];
        await happen(space, lou.id);
        const what = `${who.kind}, hidden ${guestsHidden}: ${before}`;
        expect(await news(who), what).toBeLessThanOrEqual(before + 5);
        expect(await asked(), what).toBeLessThanOrEqual(open + 200);
        expect((await seq(who)) === known).toBe(guestsHidden && who === kim);
      }
    }
  });

  it('nor does a page, that says where its changes stand', async () => {
    for (const guestsHidden of [false, true]) {
      const space = await makeSpace(ava, { guestsHidden });
      const kim = await makeGuest();
      await joinSpace(ava, space, kim);
      const opened = () => rowsRead(kim, (ctx) => spaces.overview(ctx, space));
      const before = await opened();
      for (const owner of [ava.id, null, kim.id]) {
        await happen(space, owner);
        const what = `hidden ${guestsHidden}, of ${owner === null ? 'the company' : 'somebody'}: ${before}`;
        expect(await opened(), what).toBeLessThanOrEqual(before + 20);
      }
    }
  });

  it(`reads a few rows for each of ${SPACES} spaces, and of each unread notification`, async () => {
    for (const who of [await makeUser(), await makeGuest()]) {
      const rooms: number[] = [];
      for (let i = 0; i < SPACES; i++) rooms.push(await makeSpace(ava, { guestsHidden: i % 2 === 0 }));
      await bindings.DB.prepare(
        `insert into membership (space_id, user_id, joined_at, last_read_at) select value, ?, 0, 0 from json_each(?)`,
      )
        .bind(who.id, JSON.stringify(rooms))
        .run();
      for (const room of rooms) await happen(room, null, 20);
      const quiet = await news(who);
      expect(quiet, who.kind).toBeLessThanOrEqual(5 * SPACES);
      await bindings.DB.prepare(
        `insert into notification (user_id, space_id, thread_id, kind, actor_id, created_at)
         select ?1, space_id, id, 'mention', author_id, 0 from thread where space_id = ?2 limit 300`,
      )
        .bind(who.id, huge)
        .run();
      // Out of reach, and so not counted.
      expect(await news(who), who.kind).toBeLessThanOrEqual(quiet + 2 * 300 * 3 + 10);
      await bindings.DB.prepare(
        `insert into membership (space_id, user_id, joined_at, last_read_at) values (?, ?, 0, 0)`,
      )
        .bind(huge, who.id)
        .run();
      // Counted to a hundred, those that name them twice.
      expect(await news(who), who.kind).toBeLessThanOrEqual(quiet + 2 * 100 * (who.kind === 'user' ? 4 : 7));
    }
  });
});

const PEOPLE = 3_000;
const FILES = 10_000;

describe(`a space with ${PEOPLE} people, ${THREADS} threads and ${FILES} files`, () => {
  /** Written directly, as the domain's statements would have left it. */
  async function crowd(users: number, guests: number): Promise<number> {
    const space = await makeSpace(ava);
    for (const [kind, howMany] of [
      ['user', users],
      ['guest', guests],
    ] as const)
      await bindings.DB.prepare(
        `insert into user (id, kind, email, email_original, name, company, password_hash, created_at, updated_at)
         with recursive n(i) as (select 1 union all select i + 1 from n where i < ?1)
         select 's' || ?2 || ?3 || i, ?3, 's' || ?2 || ?3 || i || '@crowd.example', '',
           char(65 + i % 26) || 'na ' || char(97 + i % 25) || 'berg ' || i, 'Company ' || i % 40, '', 0, 0 from n`,
      )
        .bind(howMany, space, kind)
        .run();
    await bindings.DB.prepare(
      `insert into membership (space_id, user_id, joined_at, last_read_at)
       select ?1, id, 0, 0 from user where id like 's' || ?1 || 'user%' or id like 's' || ?1 || 'guest%'`,
    )
      .bind(space)
      .run();
    await joinSpace(ava, space, gil);
    await joinSpace(ava, space, mia);
    await memberships.endGreeting(as(gil), space);
    await settlePeople(space);
    return space;
  }

  let small: number, large: number;
  beforeAll(async () => {
    mia = await makeGuest({ company: 'Company 1' });
    [small, large] = [await crowd(60, 60), await crowd(PEOPLE / 2, PEOPLE / 2)];
    for (const [space, many, attached] of [
      [small, 131, 300],
      [large, THREADS, FILES],
    ] as const) {
      await fill(space, ava, many, many * 10);
      await attach(space, attached);
      await threads.begin(as(ava), space, { title: 'T', body: 'Words', requestKey: `size:${space}` });
    }
  }, 120_000);

  const hide = (hidden: number) =>
    bindings.DB.prepare('update space set guests_hidden = ?').bind(hidden).run();

  const pages: Record<string, (ctx: ReturnType<typeof as>, space: number) => Promise<unknown>> = {
    'the space page': (ctx, space) => spaces.overview(ctx, space),
    'a thread': async (ctx, space) =>
      threads.read(ctx, space, (await spaces.overview(as(ava), space)).threads[0]!.id),
    'the page before a new thread': (ctx, space) => threads.prepare(ctx, space),
    'the first page of its people': (ctx, space) => spaces.people(ctx, space),
    'a person’s card': (ctx, space) => spaces.card(ctx, space, ava.id),
    'completion of @A': (ctx, space) => mentions.complete(ctx, space, 'a'),
    'completion of @': (ctx, space) => mentions.complete(ctx, space, ''),
    'the first page of its files': (ctx, space) => files.browse(ctx, space),
  };
  it.each(Object.keys(pages))(
    '%s reads as many rows as in a space with 120 people, 131 threads and 300 files, for a new guest too',
    async (page) => {
      for (const hidden of [0, 1]) {
        await hide(hidden);
        for (const who of [ava, gil, mia]) {
          const read = (space: number) => rowsRead(who, (ctx) => pages[page]!(ctx, space));
          const [few, many] = [await read(small), await read(large)];
          expect(many - few, `${who.name}, hidden ${hidden}: ${few} and ${many}`).toBeLessThanOrEqual(
            Math.max(10, few * 0.1),
          );
        }
      }
      await hide(0);
    },
  );

  it('is a card of the portal like any other', async () => {
    for (const hidden of [0, 1]) {
      await hide(hidden);
      for (const kind of ['user', 'guest'] as const) {
        const read = async (space: number) => {
          const viewer = kind === 'user' ? await makeUser() : await makeGuest();
          await bindings.DB.prepare(
            'insert into membership (space_id, user_id, joined_at, last_read_at) values (?, ?, 0, 0)',
          )
            .bind(space, viewer.id)
            .run();
          const rows = await rowsRead(viewer, spaces.portal);
          await bindings.DB.prepare('delete from membership where user_id = ?').bind(viewer.id).run();
          return rows;
        };
        const [few, many] = [await read(small), await read(large)];
        expect(many - few, `${kind}, hidden ${hidden}: ${few} and ${many}`).toBeLessThanOrEqual(few * 0.1);
      }
    }
    await hide(0);
  });

  it('has a Guests tab that reads one row more for each open invitation, none for its other guests or those of other spaces', async () => {
    const invite = (space: number, howMany: number) =>
      bindings.DB.prepare(
        `insert into invitation (id, kind, space_id, email, email_original, status, subject, message, locale, invited_by, created_at, sent_at, expires_at)
         with recursive n(i) as (select 1 union all select i + 1 from n where i < ?2)
         select 'i' || ?1 || '-' || i, 'guest', ?1, 'w' || i || '@crowd.example', 'w' || i || '@crowd.example', 'invited', '', '', 'en', ?3, 0, 0, ?4 from n`,
      )
        .bind(space, howMany, ava.id, Date.now() * 2)
        .run();
    const read = (space: number) => rowsRead(ava, (ctx) => invitations.guestsTab(ctx, space));
    const before = [await read(small), await read(large)] as const;
    // Of 60 guests each is shown, of 1,500 the first hundred.
    expect(before[1] - before[0], before.join()).toBeLessThanOrEqual(50 * 5);
    await invite(small, 150);
    await invite(large, 2_150);
    const [few, many] = [await read(small), await read(large)];
    expect(many - few, `${few} and ${many}`).toBeLessThanOrEqual(50 * 5 + 2_000 * 1.1);
    const page = await invitations.guestsTab(as(ava), large);
    expect([page.active, page.inactive, page.waiting, page.expired]).toEqual([PEOPLE / 2 + 2, 0, 2_150, 0]);
  });

  it('knows each of its people by name: completion reads one row a person at most', async () => {
    const one = await bindings.DB.prepare(`select id, name from user where id = 's' || ? || 'guest1477'`)
      .bind(large)
      .first<{ id: string; name: string }>();
    for (const typed of [one!.name, one!.name.toUpperCase(), one!.name.slice(1), one!.name.split(' ')[2]!])
      expect((await mentions.complete(as(ava), large, typed)).map((p) => p.id)).toContain(one!.id);
    const rows = await rowsRead(ava, (ctx) => mentions.complete(ctx, large, 'nobody'));
    expect(rows).toBeLessThan(PEOPLE * 1.1);
  });

  it('tells everybody: nobody is left out, nobody told twice', async () => {
    const thread = await threads.begin(as(ava), large, {
      title: 'All of you',
      body: 'Words',
      requestKey: 'size:everybody',
      everybody: true,
    });
    const told = await bindings.DB.prepare(
      'select count(*) as n, count(distinct user_id) as people from notification where thread_id = ?',
    )
      .bind(thread)
      .first<{ n: number; people: number }>();
    // Gil and Mia are in it besides; Ava wrote.
    expect(told).toEqual({ n: PEOPLE + 2, people: PEOPLE + 2 });
  });

  it('shows everybody, page by page, each once, and every page at the same cost', async () => {
    const all: string[] = [];
    const cost: number[] = [];
    for (let after: string | null = null; ;) {
      let next: string | null = null;
      const read = await rowsRead(ava, async (ctx) => {
        const page = await spaces.people(ctx, large, { after });
        next = page.next;
        all.push(...page.groups.flatMap(({ people }) => people.map((p) => p.id)));
      });
      cost.push(read);
      if (next === null) break;
      expect(cost.length).toBeLessThan(100);
      after = next;
    }
    expect(Math.max(...cost)).toBeLessThanOrEqual(cost[0]! * 1.1);
    expect(all).toHaveLength(PEOPLE + 3);
    expect(new Set(all).size).toBe(PEOPLE + 3);
  });
});

describe(`a space with ${FILES} files`, () => {
  async function filled(howMany: number): Promise<number> {
    const space = await makeSpace(ava);
    await joinSpace(ava, space, gil);
    await joinSpace(ava, space, mia);
    await fill(space, ava, 1, 1);
    await attach(space, howMany);
    return space;
  }

  let few: number, many: number;
  beforeAll(async () => {
    mia ??= await makeGuest();
    [few, many] = [await filled(300), await filled(FILES)];
  }, 120_000);

  it('lists them with as many rows read as in a space with 300, for users and guests, also on its tenth page', async () => {
    for (const hidden of [0, 1]) {
      await bindings.DB.prepare('update space set guests_hidden = ?').bind(hidden).run();
      for (const who of [ava, gil, mia])
        for (const order of ['newest', 'name', 'size']) {
          let after: string | null = null;
          const read = (space: number) =>
            rowsRead(who, async (ctx) => (after = (await files.browse(ctx, space, { order }, after)).next));
          const small = Math.max(await read(few), await read(few));
          after = null;
          for (let page = 0; page < 10; page++) {
            const what = `${who.kind}, hidden ${hidden}, by ${order}, page ${page}`;
            expect(await read(many), `${what}: ${small}`).toBeLessThanOrEqual(small * 1.2 + 20);
            expect(after, what).not.toBeNull();
          }
        }
    }
    await bindings.DB.prepare('update space set guests_hidden = 0').run();
  });

  it('filters by kind and person at the same cost', async () => {
    for (const filter of [{ category: 'picture' }, { by: ava.id }, { by: mia.id }]) {
      const read = (space: number) => rowsRead(ava, (ctx) => files.browse(ctx, space, filter));
      expect(await read(many)).toBeLessThanOrEqual((await read(few)) * 1.2);
    }
  });

  it('finds by name in one reading of its files', async () => {
    expect(await rowsRead(ava, (ctx) => files.browse(ctx, many, { find: 'file 77' }))).toBeLessThan(
      FILES * 3,
    );
  });

  it('shows everything, page by page, each once, and to guests only what is theirs to see', async () => {
    for (const [who, hidden, seen] of [
      [ava, 0, few],
      [gil, 0, few],
      [gil, 1, few],
      [mia, 1, few],
    ] as const) {
      await bindings.DB.prepare('update space set guests_hidden = ?').bind(hidden).run();
      const ids: string[] = [];
      for (let after: string | null = null; ;) {
        const page = await files.browse(as(who), seen, {}, after);
        ids.push(...page.files.map(({ id }) => id));
        if (page.next === null) break;
        after = page.next;
      }
      expect(new Set(ids).size).toBe(ids.length);
      const expected = Array.from({ length: 300 }, (_, i) => 300 - i).filter(
        (i) => who === ava || (i % 3 !== 0 && (who === mia || !hidden || i % 3 === 2)),
      );
      expect(ids).toEqual(expected.map((i) => `f${few}-${i}`));
    }
    await bindings.DB.prepare('update space set guests_hidden = 0').run();
  });
});
