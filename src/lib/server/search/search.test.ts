import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { as, bindings, testContext, type User } from '../../../../tests/contexts';
import { makeGuest, makeSpace, makeUser } from '../../../../tests/factories';
import { joinSpace } from '../../../../tests/invitations';
import { refusal } from '../../../../tests/helpers';
import { randomId } from '../crypto';
import { file, space } from '../schema';
import * as memberships from '../memberships';
import * as cron from '../cron';
import * as search from '.';
import { placesOf, says } from './matches';
import { termsOf } from './terms';
import * as threads from '../threads';

const words = (body: string) => ({ body, requestKey: randomId() });
const begin = (who: User, spaceId: number, title: string, body = '', now?: number) =>
  threads.begin(as(who, { now }), spaceId, { title, ...words(body) });
const say = (who: User, spaceId: number, thread: number, body: string, now?: number) =>
  threads.addComment(as(who, { now }), spaceId, thread, words(body));

/** What a search finds, as `thread title` or `title: comment's excerpt`. */
const plain = (pieces: search.Piece[]) => pieces.map((p) => p.text).join('');
const find = async (who: User, spaceId: number, typed: string) =>
  (await search.inSpace(as(who), spaceId, typed)).hits.map((h) =>
    h.commentId === null ? plain(h.title) : plain(h.excerpt),
  );
const everywhere = async (who: User, typed: string) =>
  (await search.everywhere(as(who), typed)).hits.map((h) =>
    h.commentId === null ? plain(h.title) : plain(h.excerpt),
  );

let ava: User, ben: User, gil: User, noor: User, stranger: User;
let spaceId: number;
beforeAll(async () => {
  ava = await makeUser({ name: 'Ava Lind' });
  ben = await makeUser({ name: 'Ben Kowalski' });
  gil = await makeGuest({ name: 'Gil Ferreira' });
  noor = await makeGuest({ name: 'Noor Haddad' });
  stranger = await makeGuest();
  spaceId = await makeSpace(ava, {}, [ben]);
  for (const guest of [gil, noor]) await joinSpace(ava, spaceId, guest);
  await joinSpace(ava, await makeSpace(ava, { name: 'Elsewhere' }), stranger);
});

describe('words', () => {
  let room: number;
  beforeAll(async () => {
    room = await makeSpace(ava, {}, [ben]);
    const t = await begin(ava, room, 'Harbour piles', 'Delivery on **Thursday** by Müller & Söhne');
    await say(ben, room, t, 'The crane is late, see harbour-plan_v2.pdf');
    await say(ben, room, t, '昨日の商談会について、議事録を共有します。ﾃﾞｰﾀは別途。');
    await say(ben, room, t, '한국어 회의록을 공유합니다');
    await say(ben, room, t, '会議は10時から。v2の図面を見てください');
    await say(ben, room, t, 'company and thread are words like any other, s1 too');
  });
  const count = async (typed: string) => (await find(ava, room, typed)).length;

  it.each([
    ['harbour', 2],
    ['HARBOUR', 2],
    ['harbour piles', 1],
    ['piles harbour', 1],
    ['harb', 2],
    ['pile thursday', 0],
    ['thursday pile', 1],
    ['muller', 1],
    ['Müller', 1],
    ['sohne', 1],
    ['harbour-plan', 1],
    ['harbour-plan_v2.pdf', 1],
    ['plan_v2', 1],
    ['plan-harbour', 0],
    ['crane late', 1],
    ['crane nothing', 0],
    ['c', 0],
    ['ｈａｒｂｏｕｒ', 2],
  ])('Latin: %j finds %i', async (typed, hits) => expect(await count(typed)).toBe(hits));

  it.each([
    ['商談会', 1],
    ['商談', 1],
    ['談会', 1],
    ['会', 2],
    ['録', 1],
    ['議事録', 1],
    ['議録', 0],
    ['データ', 1],
    ['ﾃﾞｰﾀ', 1],
    ['昨日　議事録', 1],
    ['図面', 1],
    ['v2の図面', 1],
    ['v2', 2],
    ['10時', 1],
    ['회의', 1],
    ['회의록', 1],
    ['東京', 0],
    ['。', 0],
  ])('Japanese, Chinese and Korean: %j finds %i', async (typed, hits) =>
    expect(await count(typed)).toBe(hits),
  );

  it.each([
    '',
    ' ',
    '"',
    '""',
    '"harbour',
    'harbour"',
    '*',
    'harbour*',
    '*harbour',
    '^harbour',
    'NEAR(',
    'NEAR(harbour piles, 2)',
    'harbour AND',
    'OR harbour',
    'NOT',
    'harbour NOT piles',
    'scope:company',
    'words : harbour',
    '{scope words}: x',
    '-scope : x',
    '(',
    ')',
    '(harbour',
    'a+b',
    'harbour + piles',
    "'; drop table thread; --",
    '\\',
    '%',
    '_',
    '\0',
    'har\0bour',
    '\ud800',
    '😀',
    '“harbour”',
    'é',
    '\u0301',
    '𞤀',
    '𠮷野家',
    '٣',
    'x'.repeat(5_000),
    'a b '.repeat(500),
    '会'.repeat(1_000),
    '" OR scope : "s1',
  ])('%j is no error', async (typed) => {
    await search.inSpace(as(ava), room, typed);
    await search.everywhere(as(ava), typed);
  });

  it('nothing typed finds nothing, and so does a sign', async () => {
    for (const typed of ['', '   ', '"', '*', '😀', '-']) expect(await count(typed), typed).toBe(0);
  });
  it('operators are words', async () => {
    expect(await count('harbour NOT piles')).toBe(0);
    expect(await count('crane OR piles')).toBe(0);
  });
  it('the index’s own tokens are found only where somebody wrote them', async () => {
    expect(await count('company')).toBe(1);
    expect(await count('thread')).toBe(1);
    expect(await count('s1')).toBe(1);
    expect(await count(`s${room}`)).toBe(room === 1 ? 1 : 0);
  });

  it('a hit leads to its comment, with what was looked for marked', async () => {
    const { hits } = await search.inSpace(as(ava), room, 'muller thurs');
    expect(hits[0]).toMatchObject({ commentId: null, author: 'Ava Lind', guest: false });
    expect(hits[0]!.excerpt.filter((p) => p.hit).map((p) => p.text)).toEqual(['Thursday', 'Müller']);
    expect(plain(hits[0]!.excerpt)).toBe('Delivery on Thursday by Müller & Söhne');
    const [comment] = (await search.inSpace(as(ava), room, '商談会')).hits;
    expect(comment!.excerpt.filter((p) => p.hit).map((p) => p.text)).toEqual(['商談会']);
    expect(comment!.href).toBe(
      `/spaces/${room}/threads/${comment!.threadId}?comment=${comment!.commentId}#comment-${comment!.commentId}`,
    );
    const [piles] = (await search.inSpace(as(ava), room, 'piles')).hits;
    expect(piles!.title).toEqual([
      { text: 'Harbour ', hit: false },
      { text: 'piles', hit: true },
    ]);
    expect(piles!.href).toBe(`/spaces/${room}/threads/${piles!.threadId}`);
  });

  it('a long text is shown around the hit', async () => {
    const t = await begin(ava, room, 'Long', `${'word '.repeat(1_500)}**needle** ${'more '.repeat(1_500)}`);
    const [hit] = (await search.inSpace(as(ava), room, 'needle')).hits;
    expect(hit!.threadId).toBe(t);
    expect(plain(hit!.excerpt)).toMatch(/^…word .* needle more .*…$/);
    expect(plain(hit!.excerpt).length).toBeLessThan(260);
  });
});

describe('what is written', () => {
  it('is found at once, as it says now, and no more once it is gone', async () => {
    const t = await begin(gil, spaceId, 'Mosaic', 'first');
    const c = await say(gil, spaceId, t, 'quartz');
    expect(await find(ava, spaceId, 'quartz')).toEqual(['quartz']);
    await threads.edit(as(gil), spaceId, t, c, { body: 'granite', editedAt: 0 });
    expect(await find(ava, spaceId, 'quartz')).toEqual([]);
    expect(await find(ava, spaceId, 'granite')).toEqual(['granite']);
    await threads.removeComment(as(gil), spaceId, t, c);
    expect(await find(ava, spaceId, 'granite')).toEqual([]);
    await say(ava, spaceId, t, 'basalt');
    await threads.remove(as(ava), spaceId, t);
    expect(await find(ava, spaceId, 'basalt')).toEqual([]);
    expect(await find(ava, spaceId, 'mosaic')).toEqual([]);
  });

  it('leaves the index with its thread or its comments', async () => {
    const entries = async () =>
      (await bindings.DB.prepare('select count(*) as n from search_entry').first<{ n: number }>())!.n;
    const ctx = testContext();
    const room = await makeSpace(ava);
    const empty = await entries();
    const t = await begin(ava, room, 'One');
    const c = await say(ava, room, t, 'two');
    await say(ava, room, t, 'three');
    const four = await begin(ava, room, 'Four');
    expect(await entries()).toBe(empty + 4);
    await ctx.commit(search.drop(ctx, { comments: [c] }));
    expect(await entries()).toBe(empty + 3);
    await ctx.commit(search.drop(ctx, { threadWithComments: t }));
    expect(await entries()).toBe(empty + 1);
    await ctx.commit(search.drop(ctx, { threads: [four] }));
    expect(await entries()).toBe(empty);
  });

  it('is found by the names of its files, which lead to them', async () => {
    const ctx = testContext();
    const t = await begin(ava, spaceId, 'Plans');
    const c = await say(ava, spaceId, t, 'see here');
    const id = randomId();
    await ctx.db.insert(file).values({
      id,
      kind: 'attachment',
      spaceId,
      threadId: t,
      commentId: c,
      name: 'quay-wall_見積書.xlsx',
      type: 'application/octet-stream',
      size: 1,
      key: id,
      uploaderId: ava.id,
      createdAt: 1,
      attachedAt: 1,
    });
    await ctx.commit(
      search.put(
        ctx,
        { comment: c },
        {
          spaceId,
          authors: [{ authorId: ava.id, authorKind: 'user' }],
          body: 'see here',
          mentions: [],
          files: ['quay-wall_見積書.xlsx'],
        },
      ),
    );
    for (const typed of ['quay-wall', '見積書', 'xlsx', 'quay-wall_見積書.xlsx']) {
      const { hits } = await search.inSpace(as(gil), spaceId, typed);
      expect(hits[0], typed).toMatchObject({ commentId: c, files: [{ id }] });
    }
    expect((await search.inSpace(as(gil), spaceId, 'see')).hits[0]!.files).toEqual([]);
  });
});

describe('pages', () => {
  it('go by key, newest first, threads and comments by the clock, each once', async () => {
    const room = await makeSpace(ava);
    const now = Date.now() - 1_000_000;
    const t = await begin(ava, room, 'falcon 0', '', now);
    for (let i = 1; i < 47; i++)
      if (i % 3) await say(ava, room, t, `falcon ${i}`, now + i * 1_000);
      else await begin(ava, room, `falcon ${i}`, '', now + i * 1_000);
    const seen: string[] = [];
    let before: string | null = null;
    let pages = 0;
    do {
      const found: search.Found = await search.inSpace(as(ava), room, 'falcon', before);
      seen.push(...found.hits.map((h) => plain(h.commentId === null ? h.title : h.excerpt)));
      before = found.next;
      pages++;
    } while (before);
    expect(seen).toEqual(Array.from({ length: 47 }, (_, i) => `falcon ${46 - i}`));
    expect(pages).toBe(3);
  });
  it('a key that is none begins at the beginning', async () => {
    for (const key of ['x', '-', '1', '1-2-3', '-1-1', '9'.repeat(16) + '-1', '9'.repeat(40)])
      await search.inSpace(as(ava), spaceId, 'x', key);
  });
});

it('who is in more spaces than one search looks through is told so', async () => {
  const busy = await makeUser();
  for (let i = 0; i < 200; i++) await makeSpace(busy);
  expect((await search.everywhere(as(busy), 'anything')).onlySpaces).toBeNull();
  await makeSpace(busy);
  expect((await search.everywhere(as(busy), 'anything')).onlySpaces).toBe(200);
  expect(
    (await search.everything(as(busy), 'anything', { kind: 'people', after: null })).found!.partial,
  ).toBe(true);
}, 60_000);

describe('isolation', () => {
  it('a space is searched only by its people', async () => {
    await begin(ava, spaceId, 'Periwinkle');
    for (const who of [stranger, await makeUser()])
      await expect(search.inSpace(as(who), spaceId, 'periwinkle')).rejects.toMatchObject(refusal('missing'));
    expect(await everywhere(stranger, 'periwinkle')).toEqual([]);
    expect(await everywhere(await makeUser(), 'periwinkle')).toEqual([]);
    expect(await everywhere(gil, 'periwinkle')).toEqual(['Periwinkle']);
    expect(await find(gil, spaceId, 'periwinkle')).toEqual(['Periwinkle']);
  });

  it('who leaves finds nothing more; what lies in the trash is not found', async () => {
    const room = await makeSpace(ava, {}, [ben]);
    await begin(ava, room, 'Marigold');
    expect(await everywhere(ben, 'marigold')).toHaveLength(1);
    await memberships.leave(as(ben), room);
    expect(await everywhere(ben, 'marigold')).toEqual([]);
    await testContext().db.update(space).set({ deletedAt: 1 }).where(eq(space.id, room));
    expect(await everywhere(ava, 'marigold')).toEqual([]);
    await expect(search.inSpace(as(ava), room, 'marigold')).rejects.toMatchObject(refusal('missing'));
  });

  it('a row with a wrong scope shows nothing of another space', async () => {
    const room = await makeSpace(ben);
    const t = await begin(ben, room, 'Foreign');
    const ctx = testContext();
    await ctx.commit(
      search.put(
        ctx,
        { thread: t },
        { spaceId, authors: [{ authorId: ben.id, authorKind: 'user' }], body: 'misplaced', mentions: [] },
      ),
    );
    expect(await find(gil, spaceId, 'misplaced')).toEqual([]);
    expect(await everywhere(gil, 'misplaced')).toEqual([]);
  });

  it('spaces of a similar number are other spaces', async () => {
    const rooms: number[] = [];
    for (let i = 0; i < 12; i++) rooms.push(await makeSpace(ava));
    for (const room of rooms) await begin(ava, room, `Orchid ${room}`);
    for (const room of rooms) expect(await find(ava, room, 'orchid')).toEqual([`Orchid ${room}`]);
  });

  it('where guests are hidden, a guest finds the company’s words and their own, never another guest’s', async () => {
    const hidden = await makeSpace(ava, {}, [ben]);
    for (const guest of [gil, noor]) await joinSpace(ava, hidden, guest);
    await testContext().db.update(space).set({ guestsHidden: true }).where(eq(space.id, hidden));
    const ours = await begin(ava, hidden, 'Lantern ours');
    const noors = await begin(noor, hidden, 'Lantern noor');
    await say(gil, hidden, ours, 'lantern gil');
    await say(noor, hidden, ours, 'lantern noor too');
    await say(ben, hidden, ours, 'lantern ben');
    // A user's answer in a thread that Gil cannot see.
    await say(ben, hidden, noors, 'lantern ben to noor');
    const own = ['lantern ben', 'lantern gil', 'Lantern ours'];
    expect(await find(gil, hidden, 'lantern')).toEqual(own);
    expect(await everywhere(gil, 'lantern')).toEqual(own);
    expect(await find(ava, hidden, 'lantern')).toHaveLength(6);
    // In a space where guests see each other they still do, in the same search.
    await begin(noor, spaceId, 'Lantern open');
    expect(await everywhere(gil, 'lantern')).toEqual(['Lantern open', ...own]);
    expect(await everywhere(noor, 'lantern')).toHaveLength(6);
  });

  it('where guests are hidden, another guest’s name in our text is not found, nor shown', async () => {
    const hidden = await makeSpace(ava);
    for (const guest of [gil, noor]) await joinSpace(ava, hidden, guest);
    await testContext().db.update(space).set({ guestsHidden: true }).where(eq(space.id, hidden));
    await begin(ava, hidden, 'Tide', 'high at noon, @Noor Haddad');
    expect(await find(gil, hidden, 'haddad')).toEqual([]);
    expect(await find(noor, hidden, 'haddad')).toEqual(['Tide']);
    const { hits } = await search.inSpace(as(gil), hidden, 'noon');
    expect(plain(hits[0]!.excerpt)).toBe('high at noon, @…');
  });
});

describe('cost', () => {
  /** Rows that D1 read for a search. */
  async function rowsRead(run: (ctx: ReturnType<typeof as>) => Promise<unknown>, who: User): Promise<number> {
    let read = 0;
    const DB = new Proxy(bindings.DB, {
      get(target, name) {
        if (name === 'batch')
          return async (statements: D1PreparedStatement[]) => {
            const results = await target.batch(statements);
            for (const { meta } of results) read += meta.rows_read;
            return results;
          };
        const value = Reflect.get(target, name) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    await run(as(who, { env: { DB } }));
    return read;
  }

  it('of a search does not grow with what other spaces hold', async () => {
    const room = await makeSpace(ben);
    await joinSpace(ben, room, gil);
    const t = await begin(ben, room, 'Cormorant');
    for (let i = 0; i < 30; i++) await say(ben, room, t, `cormorant ${i}`);
    const searches = [
      (ctx: ReturnType<typeof as>) => search.inSpace(ctx, room, 'cormorant'),
      (ctx: ReturnType<typeof as>) => search.inSpace(ctx, room, 'cormorant 17'),
      (ctx: ReturnType<typeof as>) => search.everywhere(ctx, 'cormorant'),
    ];
    const measure = () => Promise.all(searches.map((run) => rowsRead(run, gil)));
    const before = await measure();
    const other = await makeSpace(ava);
    const [crowd, ctx] = [await begin(ava, other, 'Crowd'), testContext()];
    // 5,000 comments with the same words, and 200 threads, written directly: this measures the index.
    await bindings.DB.batch([
      bindings.DB.prepare(
        `insert into comment (space_id, thread_id, author_id, body, request_key, created_at)
        with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000)
        select ?, ?, ?, 'cormorant ' || i, 'c' || i, i from n`,
      ).bind(other, crowd, ava.id),
      bindings.DB.prepare(
        `insert into search_entry (rowid, scope, words) select id * 2 + 1, 's' || ? || ' company', body from comment
        where thread_id = ?`,
      ).bind(String(other), crowd),
    ]);
    for (let i = 0; i < 20; i++) await begin(ava, other, `cormorant ${i}`);
    // Newer than all of them, so that the search has to skip them.
    await say(ben, room, t, 'cormorant 17 again');
    const after = await measure();
    for (const [i, rows] of after.entries()) {
      expect(rows, `search ${i}: ${before[i]} → ${rows}`).toBeLessThanOrEqual(
        Math.ceil(before[i]! * 1.1) + 8,
      );
      expect(rows).toBeGreaterThan(0);
    }
    void ctx;
  });

  it('of a search over two hundred own spaces is one batch', async () => {
    const busy = await makeUser();
    await bindings.DB.batch([
      bindings.DB.prepare(
        `insert into space (name, cover, request_key, created_by, created_at, updated_at)
        with recursive n(i) as (select 1 union all select i + 1 from n where i < 250)
        select 'Room ' || i, 'hills', 'busy' || i, ?, i, i from n`,
      ).bind(busy.id),
      bindings.DB.prepare(
        `insert into membership (space_id, user_id, administrator, joined_at, last_read_at)
        select id, ?, 1, 0, id from space where created_by = ?`,
      ).bind(busy.id, busy.id),
    ]);
    const newest = (await bindings.DB.prepare('select max(id) as id from space').first<{ id: number }>())!.id;
    await begin(busy, newest, 'Heron');
    expect(await everywhere(busy, 'heron')).toEqual(['Heron']);
  });
});

describe('the index can be written anew', () => {
  it('piece by piece, where a setting asks for it: after a restored backup everything is found again', async () => {
    const room = await makeSpace(ava, {}, [ben]);
    await joinSpace(ava, room, gil);
    const t = await begin(ava, room, 'Winding tower', '巻上機');
    for (let i = 0; i < 3; i++) await say(gil, room, t, `windings of coil ${i}`);
    await bindings.DB.prepare(`insert into search_entry (search_entry) values ('delete-all')`).run();
    await bindings.DB.prepare(`delete from setting where key = 'searchIndex'`).run();
    expect(await find(ben, room, 'winding')).toEqual([]);
    for (let i = 0; i < 20; i++) await search.rebuild(testContext());
    expect(await find(ben, room, 'winding')).toHaveLength(4);
    expect(await find(ben, room, '巻上')).toEqual(['Winding tower']);
    expect((await search.inSpace(as(ben), room, 'winding')).incomplete).toBe(false);
  });
});

describe('words are found as a reader compares them', () => {
  let room: number;
  const texts: string[] = [
    'Wir treffen uns in der Straße 4',
    'Αθήνα τον Ιούλιο, Οδυσσεύς',
    'Наша Ёлка и бойцы',
    'ประชุมทีมพรุ่งนี้เช้า น้ำท่วม',
    'ປະຊຸມທີມມື້ອື່ນ',
    'កិច្ចប្រជុំ\u200bក្រុម\u200bថ្ងៃស្អែក',
    'အစည်းအဝေးမနက်ဖြန်',
    'cabbage and carrots',
    'We write C++ and not C, they write C# (or F#)',
    'a plain c alone',
    'ASP.NET runs on .NET 9',
    'the net result. Net of taxes',
    'R&D asked AT & T for $500 or 100 %',
    'the price is 500',
    'Łódź, Ærø, Þórður, Işıl',
    'go live at noon',
    'live, go! at last',
    'nice 👍🏽 work',
    'great 👍 work 🇯🇵 🎉',
    '👩‍💻 writes code, ❤️',
    'flags 🇯🇪 🇵🇸',
    'no blank 🇩🇪🇫🇷🇳🇱',
    'شركة أحمد في مكة',
    'हिन्दी में ज़रूरी बातें',
    'Siobhán O’Neill’s follow-up to INV-2024/00123',
    'write to jane.doe@guest.example, or +49 170 555',
    'テストﾃﾞｰﾀ 渡辺さん 회의록을',
    'zero\u200bwidth soft\u00adhyphen',
    'Größe XXL; naïve café',
  ];
  beforeAll(async () => {
    room = await makeSpace(ava);
    for (const text of texts) await begin(ava, room, text);
  });
  const cases: [string, string[]][] = [
    ['strasse', ['Wir treffen']],
    ['STRASSE', ['Wir treffen']],
    ['STRAẞE', ['Wir treffen']],
    ['ΑΘΗΝΑ', ['Αθήνα']],
    ['Αθηνα', ['Αθήνα']],
    ['οδυσσευσ', ['Αθήνα']],
    ['елка', ['Наша']],
    ['ЁЛКА', ['Наша']],
    ['бои', []],
    ['ทีม', ['ประชุม']],
    ['พรุ่งนี้', ['ประชุม']],
    ['น้ำ', ['ประชุม']],
    ['นํ้า', ['ประชุม']],
    ['ท', ['ประชุม']],
    ['ทิม', []],
    ['ທີມ', ['ປະຊຸມ']],
    ['ក្រុម', ['កិច្ច']],
    ['ប្រជុំក្រុម', ['កិច្ច']],
    ['မနက်ဖြန်', ['အစည်း']],
    ['c', ['We write', 'a plain']],
    ['"c"', ['We write', 'a plain']],
    ['C++', ['We write']],
    ['c++ and', ['We write']],
    ['"C++ and not"', ['We write']],
    ['C#', ['We write']],
    ['f#', ['We write']],
    ['D#', []],
    ['b++', []],
    ['.NET', ['ASP.NET']],
    ['.ne', ['ASP.NET']],
    ['asp.net', ['ASP.NET']],
    ['"net"', ['ASP.NET', 'the net']],
    ['r&d', ['R&D']],
    ['R & D', ['R&D']],
    ['at&t', ['R&D']],
    ['$500', ['R&D']],
    ['100%', ['R&D']],
    ['lodz', ['Łódź']],
    ['aero thordur isil', ['Łódź']],
    ['ĄERØ', ['Łódź']],
    ['"go live"', ['go live']],
    ['"live go"', ['live, go']],
    ['“go live”', ['go live']],
    ['„go live“', ['go live']],
    ['＂ｇｏ　ｌｉｖｅ＂', ['go live']],
    ['«live at»', ['go live']],
    ['"go liv', ['go live']],
    ['"go liv"', []],
    ['noon "go live', ['go live']],
    ['go live', ['go live', 'live, go']],
    ['👍', ['nice', 'great']],
    ['👍🏽', ['nice']],
    ['"nice 👍"', ['nice']],
    ['"great 👍🏽"', []],
    ['🎉', ['great']],
    ['👩‍💻', ['👩‍💻']],
    ['👩', []],
    ['💻', []],
    ['❤', ['👩‍💻']],
    ['🇯🇵', ['great']],
    ['🇵🇸', ['flags']],
    ['🇪🇵', []],
    ['🇩🇪🇫🇷', ['no blank']],
    ['🇫🇷', ['no blank']],
    ['🇪🇫', []],
    ['🇪🇫🇷🇳', []],
    ['احمد', ['شركة']],
    ['شرکه', ['شركة']],
    ['हिंदी', ['हिन्दी']],
    ['जरूरी', ['हिन्दी']],
    ['👎', []],
    ["o'neill", ['Siobhán']],
    ['SIOBHAN O`NEILL', ['Siobhán']],
    ['follow-up', ['Siobhán']],
    ['follow‑up', ['Siobhán']],
    ['INV-2024/00123', ['Siobhán']],
    ['inv-2024/00124', []],
    ['jane.doe@guest.example', ['write to']],
    ['@guest', ['write to']],
    ['+49 170', ['write to']],
    ['ﾃｽﾄ', ['テスト']],
    ['データ', ['テスト']],
    ['渡辺', ['テスト']],
    ['회의', ['テスト']],
    ['zerowidth softhyphen', ['zero']],
    ['grosse', ['Größe']],
    ['NAIVE cafe', ['Größe']],
  ];
  it.each(cases)('%s finds %j', async (typed, begins) => {
    const hits = (await search.inSpace(as(ava), room, typed)).hits;
    const found = hits.map((hit) => plain(hit.title));
    expect(found.length, found.join(' | ')).toBe(begins.length);
    for (const beginning of begins)
      expect(
        found.some((title) => title.startsWith(beginning)),
        `${beginning} in ${found.join(' | ')}`,
      ).toBe(true);
    // What is found is marked.
    for (const hit of hits)
      expect(
        hit.title.some((piece) => piece.hit),
        plain(hit.title),
      ).toBe(true);
  });

  it('marks are whole characters', async () => {
    const marked = async (typed: string) =>
      (await search.inSpace(as(ava), room, typed)).hits.flatMap((hit) =>
        hit.title.filter((piece) => piece.hit).map((piece) => piece.text),
      );
    expect(await marked('strasse')).toEqual(['Straße']);
    expect(await marked('stras')).toEqual(['Straße']);
    expect(await marked('ท')).toContain('ที');
    expect(await marked('C++')).toEqual(['C++']);
    expect(await marked('👍🏽')).toEqual(['👍🏽']);
  });

  it('what is typed is bounded, and says so', async () => {
    const many = Array.from({ length: 30 }, (_, i) => `word${i}`).join(' ');
    expect((await search.inSpace(as(ava), room, many)).cut).toBe(true);
    expect((await search.inSpace(as(ava), room, `go ${' '.repeat(9_000)}`)).cut).toBe(false);
    expect((await search.inSpace(as(ava), room, 'go live')).cut).toBe(false);
    expect((await search.inSpace(as(ava), room, 'x'.repeat(1_000))).cut).toBe(true);
    for (const worst of [
      '👍'.repeat(400),
      'a+'.repeat(200),
      '"'.repeat(400),
      '.a'.repeat(200),
      '&'.repeat(400),
      'ท้'.repeat(200),
      'a 👍 '.repeat(80),
      'a-'.repeat(200),
      '-'.repeat(400),
      '1.'.repeat(200),
      '№'.repeat(400),
    ]) {
      const began = performance.now();
      await search.everywhere(as(ava), worst);
      await search.everywhere(as(ava), `"${worst}`);
      expect(performance.now() - began, worst.slice(0, 6)).toBeLessThan(3_000);
    }
  });
});

describe('signs find what they say', () => {
  let room: number;
  const texts = [
    'a lone c, A and 5',
    'C-- is old',
    'blood of type A-, at -5',
    'run it with --help, no help without',
    'NOT node, noon, IVAN',
    '№ 5 and Foyer™',
    'no tmp',
    '25℃ and 7㎏',
    'kgb',
    'Ⅳ chapters',
    '①番',
    '½ cup',
    '1½ spoons',
    'v1.2.3 released',
    'rooms 1 2 and 1-2',
    'it costs 1,5',
    'a.b and v2',
    'follow-up of INV-2024/00123',
    'follow up, C++ compiler',
    'at 10:30 on 2026/11/26',
    '3/4 inch',
    '¾ turn',
    '⅒ of it, a 3⁄4 bar',
    '⑴ ⒊ ㋀ ㎧ ℅',
  ];
  beforeAll(async () => {
    room = await makeSpace(ava);
    for (const text of texts) await begin(ava, room, text);
  });
  it.each<[string, string[]]>([
    ['C--', ['C-- ']],
    ['c--', ['C-- ']],
    ['c-', ['C-- ']],
    ['A-', ['blood']],
    ['-5', ['blood']],
    ['--help', ['run']],
    ['-help', ['run']],
    ['help', ['run']],
    ['№', ['№', 'no tmp', 'run']],
    ['№ 5', ['№']],
    ['™', ['№']],
    ['foyer', ['№']],
    ['"foyer"', ['№']],
    ['℃', ['25']],
    ['25℃', ['25']],
    ['25°C', ['25']],
    ['㎏', ['25']],
    ['7kg', ['25']],
    ['7㎏', ['25']],
    ['Ⅳ', ['Ⅳ']],
    ['iv', ['Ⅳ', 'NOT']],
    ['①', ['①', 'rooms', '1½', 'it costs', '⑴']],
    ['①番', ['①']],
    ['½', ['½', '1½']],
    ['1/2', ['½', '1½']],
    ['1-2', ['rooms']],
    ['"1 2"', ['rooms']],
    ['2', ['rooms', 'v1']],
    ['1½', ['1½']],
    ['"11/2"', []],
    ['½ cup', ['½']],
    ['"½ cup"', ['½']],
    ['"1/2 cup"', ['½']],
    ['1/2-cup', ['½']],
    ['3/4', ['3/4', '¾', '⅒']],
    ['¾', ['3/4', '¾', '⅒']],
    ['1/10', ['⅒']],
    ['10', ['at 10']],
    ['1/2/3', []],
    ['¼', []],
    ['㎧', ['⑴']],
    ['m/s', ['⑴']],
    ['c/o', ['⑴']],
    ['㋀', ['⑴']],
    ['1.2', ['v1']],
    ['1.2.3', ['v1']],
    ['v1.2', ['v1']],
    ['"1.2"', ['v1']],
    ['1.3', []],
    ['2.2', []],
    ['1,5', ['it costs']],
    ['1.5', []],
    ['1,2', []],
    ['a.b', ['a.b']],
    ['v2', ['a.b']],
    ['follow-', ['follow-up']],
    ['follow-up', ['follow-up', 'follow up']],
    ['INV-2024', ['follow-up']],
    ['INV-2024/00123', ['follow-up']],
    ['2024/00124', []],
    ['C++-Compiler', ['follow up']],
    ['10:30', ['at 10']],
    ['10.30', []],
    ['2026/11', ['at 10']],
    ['-', []],
    ['--', []],
  ])('%s finds %j', async (typed, begins) => {
    const hits = (await search.inSpace(as(ava), room, typed)).hits;
    const found = hits.map((hit) => plain(hit.title));
    expect(found.length, found.join(' | ')).toBe(begins.length);
    for (const beginning of begins)
      expect(found.filter((title) => title.startsWith(beginning)).length, found.join(' | ')).toBeGreaterThan(
        0,
      );
    for (const hit of hits)
      expect(
        hit.title.some((piece) => piece.hit),
        plain(hit.title),
      ).toBe(true);
  });
});

describe('where guests are hidden', () => {
  it('pages are filled with what the guest sees, and there is a next one only where such a hit follows', async () => {
    const hidden = await makeSpace(ava);
    for (const guest of [gil, noor]) await joinSpace(ava, hidden, guest);
    await testContext().db.update(space).set({ guestsHidden: true }).where(eq(space.id, hidden));
    const t = await begin(ava, hidden, 'Haddad is a name in the company too');
    // More than a page of hits hidden from Gil, around one that is not.
    for (let i = 0; i < 30; i++) await say(ava, hidden, t, `@Noor Haddad please look, ${i}`);
    const first = await search.inSpace(as(gil), hidden, 'haddad');
    expect([first.hits.length, first.next]).toEqual([1, null]);
    expect((await search.everywhere(as(gil), 'haddad')).next).toBeNull();
    for (let i = 0; i < 25; i++) await say(ava, hidden, t, `Haddad Street ${i}, @Noor Haddad`);
    const page = await search.inSpace(as(gil), hidden, 'haddad');
    expect(page.hits).toHaveLength(20);
    const rest = await search.inSpace(as(gil), hidden, 'haddad', page.next);
    expect([rest.hits.length, rest.next]).toEqual([6, null]);
    expect(JSON.stringify([page.hits, rest.hits])).not.toContain('Noor');
    expect((await search.inSpace(as(ava), hidden, 'haddad')).next).not.toBeNull();
  });

  it('however often a guest is named, a search for them answers another guest as if they were not', async () => {
    const hidden = await makeSpace(ava);
    for (const guest of [gil, noor]) await joinSpace(ava, hidden, guest);
    await testContext().db.update(space).set({ guestsHidden: true }).where(eq(space.id, hidden));
    const t = await begin(ava, hidden, 'Quay');
    await say(ava, hidden, t, 'ask @Noor Haddad about it');
    const unknown = await search.inSpace(as(gil), hidden, 'nobodyatall');
    expect({ ...(await search.inSpace(as(gil), hidden, 'haddad')), typed: '' }).toEqual({
      ...unknown,
      typed: '',
    });
    const mentions = JSON.stringify([{ id: noor.id, name: 'Noor Haddad', guest: true, at: [[4, 16]] }]);
    await bindings.DB.batch([
      bindings.DB.prepare(
        `insert into comment (space_id, thread_id, author_id, body, mentions, request_key, created_at)
        with recursive n(i) as (select 1 union all select i + 1 from n where i < 1500)
        select ?, ?, ?, 'ask @Noor Haddad ' || i, ?, 'noor' || i, i from n`,
      ).bind(hidden, t, ava.id, mentions),
    ]);
    await bindings.DB.prepare(`delete from setting where key = 'searchIndex'`).run();
    for (let i = 0; i < 10; i++) await search.rebuild(testContext());
    expect(await find(noor, hidden, 'haddad')).toHaveLength(20);
    expect((await search.inSpace(as(ava), hidden, 'ask haddad')).next).not.toBeNull();
    expect({ ...(await search.inSpace(as(gil), hidden, 'haddad')), typed: '' }).toEqual({
      ...unknown,
      typed: '',
    });
    expect((await search.everywhere(as(gil), 'noor haddad')).next).toBeNull();
  });

  it('own words and texts that name no other guest are searched whole, others without the names of guests', async () => {
    const hidden = await makeSpace(ava);
    for (const guest of [gil, noor]) await joinSpace(ava, hidden, guest);
    const t = await begin(ava, hidden, 'Slip');
    // Written while guests saw each other.
    await say(gil, hidden, t, 'mine for @Noor Haddad');
    await testContext().db.update(space).set({ guestsHidden: true }).where(eq(space.id, hidden));
    await say(ava, hidden, t, 'one for @Gil Ferreira alone');
    await say(ava, hidden, t, 'both: @Gil Ferreira beside @Noor Haddad');
    expect(await find(gil, hidden, 'haddad')).toEqual(['mine for @Noor Haddad']);
    expect(await find(gil, hidden, 'ferreira')).toEqual(['one for @Gil Ferreira alone']);
    expect(await find(gil, hidden, 'both beside')).toEqual(['both: @Gil Ferreira beside @…']);
    expect(await find(ava, hidden, 'ferreira')).toHaveLength(2);
    // The words around a name do not become neighbours.
    expect(await find(ava, hidden, '"for alone"')).toEqual([]);
    expect(await find(ava, hidden, '"for gil ferreira alone"')).toHaveLength(1);
  });
});

it('a flag is found where it stands, never half of one and half of the next', () => {
  const { terms } = termsOf('🇪🇫');
  expect(says('🇩🇪🇫🇷', terms)).toBe(false);
  expect(placesOf('🇩🇪🇫🇷 🇪🇫', terms)).toEqual([[9, 13]]);
  const text = '🇪🇪🇪🇪';
  expect(placesOf(text, termsOf('🇪🇪').terms)).toEqual([[0, 8]]);
  expect(says(`🇩${text}`, termsOf('🇪🇪').terms)).toBe(true);
});

describe('an index in the form of an earlier version', () => {
  it('is written anew by cron, the newest texts first, and the page says so meanwhile', async () => {
    const room = await makeSpace(ava);
    const t = await begin(ava, room, 'Straße alt');
    await say(ava, room, t, 'Straße neu');
    await bindings.DB.batch([
      bindings.DB.prepare(`insert into search_entry (search_entry) values ('delete-all')`),
      bindings.DB.prepare(
        `insert into search_entry (rowid, scope, words) values (${t} * 2, 's' || ${room} || ' company thread', 'straße alt')`,
      ),
      bindings.DB.prepare(
        `insert into setting (key, value) values ('searchIndex', '{"form":1}') on conflict do update set value = excluded.value`,
      ),
    ]);
    expect(await find(ava, room, 'strasse')).toEqual([]);
    expect((await search.inSpace(as(ava), room, 'strasse')).incomplete).toBe(true);
    await cron.run(testContext());
    expect(await find(ava, room, 'strasse')).toContain('Straße neu');
    for (let i = 0; i < 10; i++) await cron.run(testContext());
    expect(await find(ava, room, 'strasse')).toEqual(['Straße neu', 'Straße alt']);
    expect((await search.inSpace(as(ava), room, 'strasse')).incomplete).toBe(false);
    expect(
      (await bindings.DB.prepare(`select value from setting where key = 'searchIndex'`).first())!.value,
    ).toBe('{"form":5}');
  });
});
