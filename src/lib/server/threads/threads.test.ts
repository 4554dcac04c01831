import { beforeAll, describe, expect, it } from 'vitest';
import { eq, sql } from 'drizzle-orm';
import { as, DAY, meanwhile, testContext, type User } from '../../../../tests/contexts';
import { makeAdministrator, makeGuest, makeSpace, makeUser, spaceForm } from '../../../../tests/factories';
import { joinSpace } from '../../../../tests/invitations';
import { mailsTo } from '../../../../tests/mailbox';
import { audited, count, dump, parallel, refusal } from '../../../../tests/helpers';
import * as changes from '../changes';
import { randomId } from '../crypto';
import * as memberships from '../memberships';
import * as mentions from '../mentions/completion';
import * as notifications from '../notifications';
import * as search from '../search';
import { space } from '../schema';
import * as spaces from '../spaces';
import { THREAD_FILTERS } from '../../thread-filters';
import * as threads from '.';

const words = (body: string) => ({ body, requestKey: randomId() });
const begin = (who: User, spaceId: number, title = 'Piles', body = 'Thursday', now?: number) =>
  threads.begin(as(who, { now }), spaceId, { title, ...words(body) });

/** A space with its administrator, a colleague, and two guests. */
let ava: User, ben: User, gil: User, noor: User, stranger: User;
let spaceId: number;
beforeAll(async () => {
  ava = await makeUser({ name: 'Ava Lind' });
  ben = await makeUser({ name: 'Ben Kowalski' });
  gil = await makeGuest({ name: 'Gil Ferreira', company: 'Partner Ltd', email: 'gil@hidden.example' });
  noor = await makeGuest({ name: 'Noor Haddad', company: 'Studio' });
  stranger = await makeGuest();
  spaceId = await makeSpace(ava, {}, [ben]);
  for (const guest of [gil, noor]) await joinSpace(ava, spaceId, guest);
  await joinSpace(ava, await makeSpace(ava), stranger);
});

describe('writing', () => {
  it('posted twice is once; the thread counts right', async () => {
    const form = { title: 'Twice', ...words('Thursday') };
    const { done } = await parallel(5, () => threads.begin(as(gil), spaceId, form));
    expect(new Set(done).size).toBe(1);
    const id = done[0]!;
    const comment = words('Good');
    await parallel(5, () => threads.addComment(as(gil), spaceId, id, comment));
    await threads.addComment(as(gil), spaceId, id, words('Again'));
    expect((await threads.read(as(gil), spaceId, id)).comments).toHaveLength(2);
    const listed = (await spaces.overview(as(ava), spaceId)).threads.find((t) => t.id === id);
    expect(listed?.commentCount).toBe(2);
  });

  it('twenty people at once lose nothing', async () => {
    const id = await begin(ava, spaceId, 'Crowd');
    const { refused } = await parallel(20, (i) =>
      threads.addComment(as([ava, ben, gil, noor][i % 4]!), spaceId, id, words(`say ${i}`)),
    );
    expect(refused).toEqual([]);
    const read = await threads.read(as(ava), spaceId, id);
    expect(new Set(read.comments.map((c) => c.html)).size).toBe(20);
    expect(await count('comment', 'thread_id = ?', id)).toBe(20);
  });

  it('a thread needs a title, a comment a word or a file', async () => {
    await expect(threads.begin(as(gil), spaceId, { title: '', ...words('x') })).rejects.toMatchObject(
      refusal('invalid', 'thread.title-missing'),
    );
    const id = await begin(gil, spaceId);
    await expect(threads.addComment(as(gil), spaceId, id, words(''))).rejects.toMatchObject(
      refusal('invalid', 'comment.missing'),
    );
  });

  it('in a closed thread is refused with a sentence; who closed it meanwhile wins the race', async () => {
    const id = await begin(gil, spaceId);
    await threads.setClosed(as(gil), spaceId, id, true);
    await expect(threads.addComment(as(ava), spaceId, id, words('late'))).rejects.toMatchObject(
      refusal('conflict', 'thread.closed'),
    );
    await threads.setClosed(as(ava), spaceId, id, false);
    await threads.addComment(as(ava), spaceId, id, words('in time'));
    expect(await count('comment', 'thread_id = ?', id)).toBe(1);
  });
});

describe('posts', () => {
  it('with the same key but other words (a page that Back brought up again) are another comment', async () => {
    const id = await begin(gil, spaceId);
    const form = words('first');
    await threads.addComment(as(gil), spaceId, id, form);
    await threads.addComment(as(gil), spaceId, id, { ...form, body: 'second' });
    await threads.addComment(as(gil), spaceId, id, form);
    expect((await threads.read(as(gil), spaceId, id)).comments).toHaveLength(2);
  });

  it('is as late as the end of its upload: what others read meanwhile is older', async () => {
    const id = await begin(gil, spaceId);
    const ctx = as(gil);
    const { now, bucket } = ctx;
    const put = async (...given: Parameters<R2Bucket['put']>) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await threads.markRead(as(ava), spaceId, id, Date.now());
      return bucket.put(...given);
    };
    ctx.bucket = new Proxy(bucket, {
      get: (real, name) => (name === 'put' ? put : Reflect.get(real, name).bind(real)),
    });
    const file = new File(['Piles'], 'piles.txt', { type: 'text/plain' });
    const commentId = await threads.addComment(ctx, spaceId, id, { ...words(`@${ava.name}`), files: [file] });
    expect(ctx.now).toBe(now);
    await ctx.settle();
    const rows = await testContext().db.all<{ at: number; mail: number | null }>(sql`
      select created_at as at, null as mail from comment where id = ${commentId}
      union all select created_at, mail_at from notification where comment_id = ${commentId} and user_id = ${ava.id}`);
    expect(rows).toHaveLength(2);
    for (const { at } of rows) expect(at).toBeGreaterThan(now + 40);
    // The notification was due at once, so its mail is written.
    expect(rows[1]!.mail).toBeNull();
    const listed = (await spaces.overview(as(ava), spaceId)).threads.find((t) => t.id === id)!;
    expect(listed.unread).toBe(true);
  });

  it('never move a thread backwards', async () => {
    const id = await begin(gil, spaceId);
    const now = Date.now();
    await threads.addComment(as(ava, { now: now + 9000 }), spaceId, id, words('quick'));
    await threads.addComment(as(ben, { now }), spaceId, id, words('slow'));
    const listed = (await spaces.overview(as(ava), spaceId)).threads.find((t) => t.id === id)!;
    expect(listed.lastActivityAt).toBe(now + 9000);
  });

  it('neither new nor edited in a closed thread', async () => {
    const id = await begin(gil, spaceId);
    const said = await threads.addComment(as(gil), spaceId, id, words('a'));
    await threads.setClosed(as(gil), spaceId, id, true);
    await expect(threads.edit(as(gil), spaceId, id, said, { body: 'b', editedAt: 0 })).rejects.toMatchObject(
      refusal('conflict', 'thread.closed'),
    );
    expect((await threads.read(as(gil), spaceId, id)).comments[0]!.may.edit).toBe(false);
  });

  it('are not edited once the thread was closed, not even by a form that was on its way', async () => {
    const id = await begin(gil, spaceId);
    const said = await threads.addComment(as(gil), spaceId, id, words('a'));
    for (const commentId of [null, said]) {
      await threads.setClosed(as(gil), spaceId, id, false);
      const ctx = meanwhile(as(gil), () => threads.setClosed(as(gil), spaceId, id, true));
      await expect(
        threads.edit(ctx, spaceId, id, commentId, { title: 'T', body: 'b', editedAt: 0 }),
      ).rejects.toMatchObject(refusal('conflict', 'thread.closed'));
    }
    expect(await count('revision', 'thread_id = ?', id)).toBe(0);
  });

  it('to what was deleted in that moment are 404, and leave nothing', async () => {
    const id = await begin(ava, spaceId);
    const said = await threads.addComment(as(ava), spaceId, id, words('a'));
    const during = meanwhile(as(noor), () => threads.removeComment(as(ava), spaceId, id, said));
    await expect(threads.react(during, spaceId, id, said, 'yes', true)).rejects.toMatchObject(
      refusal('missing'),
    );
    expect(await count('reaction', 'comment_id = ?', said)).toBe(0);
    const gone = meanwhile(as(noor), () => threads.remove(as(ava), spaceId, id));
    await expect(threads.react(gone, spaceId, id, null, 'yes', true)).rejects.toMatchObject(
      refusal('missing'),
    );
  });

  it('by guests name nobody by an address: they would learn whose it is', async () => {
    const offered = await mentions.nameable(as(noor), spaceId);
    expect(mentions.preview(`@${ava.email}`, offered).html).not.toContain('class="mention');
    expect(mentions.preview('@Ava Lind', offered).html).toContain('class="mention');
  });
});

describe('pages of comments', () => {
  let id: number;
  const made: number[] = [];
  beforeAll(async () => {
    id = await begin(ava, spaceId, 'Long');
    for (let i = 0; i < 120; i++) made.push(await threads.addComment(as(gil), spaceId, id, words(`c${i}`)));
  });
  const shown = async (window?: threads.Window) => {
    const { comments, earlier, later } = await threads.read(as(ava), spaceId, id, window);
    return { ids: comments.map((c) => c.id), earlier, later };
  };

  it('begin with the newest, and go back by key', async () => {
    const newest = await shown();
    expect(newest).toEqual({ ids: made.slice(70), earlier: made[70], later: null });
    const middle = await shown({ before: newest.earlier! });
    expect(middle).toEqual({ ids: made.slice(20, 70), earlier: made[20], later: made[69] });
    expect((await shown({ before: middle.earlier! })).ids).toEqual(made.slice(0, 20));
    expect((await shown({ before: middle.earlier! })).earlier).toBeNull();
    expect((await shown({ after: middle.later! })).ids).toEqual(made.slice(70));
  });

  it('a permalink shows its comment with what came before, also one that is deleted', async () => {
    expect((await shown({ around: made[60]! })).ids).toEqual(made.slice(55, 105));
    expect((await shown({ around: made[1]! })).ids.slice(0, 2)).toEqual(made.slice(0, 2));
    expect((await shown({ around: made.at(-1)! + 1 })).ids).toEqual(made.slice(115));
  });
});

describe('editing', () => {
  it('is for the author alone, marked, with its history', async () => {
    const id = await begin(gil, spaceId, 'Old title', 'Old words');
    const edit = { title: 'New title', body: 'New words', editedAt: 0 };
    for (const other of [ava, ben, noor])
      await expect(threads.edit(as(other), spaceId, id, null, edit)).rejects.toMatchObject(
        refusal('forbidden'),
      );
    await threads.edit(as(gil), spaceId, id, null, edit);
    const read = await threads.read(as(noor), spaceId, id);
    expect(read.thread).toMatchObject({ title: 'New title', editedAt: expect.any(Number) });
    expect((await threads.history(as(noor), spaceId, id, null)).rows).toMatchObject([
      { title: 'Old title', html: expect.stringContaining('Old words') },
    ]);
  });

  it('of a comment keeps each version; a stale form overwrites nothing', async () => {
    const id = await begin(gil, spaceId);
    const comment = await threads.addComment(as(ava), spaceId, id, words('one'));
    await threads.edit(as(ava), spaceId, id, comment, { body: 'two', editedAt: 0 });
    await expect(
      threads.edit(as(ava), spaceId, id, comment, { body: 'stale', editedAt: 0 }),
    ).rejects.toMatchObject(refusal('conflict', 'form.stale'));
    const { editedAt } = await threads.source(as(ava), spaceId, id, comment);
    await threads.edit(as(ava), spaceId, id, comment, { body: 'three', editedAt });
    const { rows: before } = await threads.history(as(gil), spaceId, id, comment);
    expect(before.map((v) => v.html.trim())).toEqual(['<p>two</p>', '<p>one</p>']);
    // Without a change, nothing is written.
    const now = await threads.source(as(ava), spaceId, id, comment);
    await threads.edit(as(ava), spaceId, id, comment, { body: 'three', editedAt: now.editedAt });
    expect((await threads.history(as(gil), spaceId, id, comment)).rows).toHaveLength(2);
  });

  it('twice at the same time: one of them is told', async () => {
    const id = await begin(gil, spaceId);
    const comment = await threads.addComment(as(ava), spaceId, id, words('zero'));
    const { done, refused } = await parallel(5, (i) =>
      threads.edit(as(ava), spaceId, id, comment, { body: `edit ${i}`, editedAt: 0 }),
    );
    expect([done.length, refused.length]).toEqual([1, 4]);
    expect(await count('revision', 'comment_id = ?', comment)).toBe(1);
  });
});

describe('deleting', () => {
  it('a comment: its author or a space administrator, nobody else; all of it goes', async () => {
    const id = await begin(gil, spaceId);
    const comment = await threads.addComment(as(gil), spaceId, id, words('secret plan'));
    await threads.edit(as(gil), spaceId, id, comment, { body: 'secret plan 2', editedAt: 0 });
    await threads.react(as(ava), spaceId, id, comment, 'yes', true);
    for (const other of [ben, noor])
      await expect(threads.removeComment(as(other), spaceId, id, comment)).rejects.toMatchObject(
        refusal('forbidden'),
      );
    await threads.removeComment(as(ava), spaceId, id, comment);
    await threads.removeComment(as(ava), spaceId, id, comment);
    for (const table of ['comment', 'revision', 'reaction'])
      expect(await count(table, 'thread_id = ?', id)).toBe(0);
    const listed = (await spaces.overview(as(ava), spaceId)).threads.find((t) => t.id === id);
    expect(listed?.commentCount).toBe(0);
    expect(await audited('space.comment-deleted', gil.name)).toHaveLength(1);
  });

  it('a thread: with all that was said; the audit keeps its title', async () => {
    const id = await begin(gil, spaceId, 'Doomed thread');
    const comment = await threads.addComment(as(ava), spaceId, id, words('x'));
    await expect(threads.remove(as(ben), spaceId, id)).rejects.toMatchObject(refusal('forbidden'));
    await threads.remove(as(gil), spaceId, id);
    await threads.remove(as(gil), spaceId, id);
    await expect(threads.read(as(ava), spaceId, id)).rejects.toMatchObject(refusal('missing'));
    expect(await count('comment', 'id = ?', comment)).toBe(0);
    expect(await audited('space.thread-deleted', 'Doomed thread')).toHaveLength(1);
  });

  it('never the one conversation of a space without several threads', async () => {
    const single = await makeSpace(ava, { severalThreads: false });
    const [only] = (await spaces.overview(as(ava), single)).threads;
    await expect(threads.remove(as(ava), single, only!.id)).rejects.toMatchObject(refusal('forbidden'));
  });
});

describe('a thread', () => {
  it.each<[string, (id: number, on: boolean) => Promise<void>]>([
    ['a reaction', (id, on) => threads.react(as(ava), spaceId, id, null, 'heart', on)],
    ['pinning', (id, on) => threads.setPinned(as(ava), spaceId, id, on)],
    ['closing', (id, on) => threads.setClosed(as(ava), spaceId, id, on)],
  ])('what is already so is not recorded again: %s', async (what, act) => {
    const id = await begin(ava, spaceId);
    const recorded = async () =>
      (await count('space_event', 'thread_id = ?', id)) +
      (await count(
        'audit_entry',
        `action = 'space.thread-changed' and json_extract(detail, '$.thread') = ?`,
        id,
      ));
    const before = await dump();
    await act(id, false);
    expect(await dump()).toEqual(before);
    for (const on of [true, false]) {
      const nothing = await recorded();
      await parallel(4, () => act(id, on));
      const once = await recorded();
      expect(once).toBeGreaterThan(nothing);
      const after = await dump();
      await act(id, on);
      expect(await dump()).toEqual(after);
      expect(once - nothing).toBe(what === 'a reaction' ? 1 : 2);
    }
  });

  it('is pinned by space administrators; pinned ones stand on top and not twice', async () => {
    const own = await makeSpace(ava, {}, [ben]);
    const [first, second] = [await begin(ava, own, 'A'), await begin(ben, own, 'B')];
    await expect(threads.setPinned(as(ben), own, first, true)).rejects.toMatchObject(refusal('forbidden'));
    await threads.setPinned(as(ava), own, first, true);
    const room = await spaces.overview(as(ben), own);
    expect([room.pinned.map((t) => t.id), room.threads.map((t) => t.id)]).toEqual([[first], [second]]);
    await threads.setPinned(as(ava), own, first, false);
    expect((await spaces.overview(as(ben), own)).pinned).toEqual([]);
  });

  it('is not pinned where it is the only one', async () => {
    const single = await makeSpace(ava, { severalThreads: false });
    const [only] = (await spaces.overview(as(ava), single)).threads;
    await expect(threads.setPinned(as(ava), single, only!.id, true)).rejects.toMatchObject(
      refusal('forbidden'),
    );
    expect((await spaces.overview(as(ava), single)).pinned).toEqual([]);
  });

  it('is closed by who began it or a space administrator', async () => {
    const id = await begin(gil, spaceId);
    for (const other of [ben, noor])
      await expect(threads.setClosed(as(other), spaceId, id, true)).rejects.toMatchObject(
        refusal('forbidden'),
      );
    await threads.setClosed(as(gil), spaceId, id, true);
    expect((await threads.read(as(ben), spaceId, id)).thread.closed).toBe(true);
  });

  it('moves up with a comment; the list goes on by key after thirty', async () => {
    const own = await makeSpace(ava);
    const then = Date.now() - DAY;
    const ids: number[] = [];
    for (let i = 0; i < 35; i++) ids.push(await begin(ava, own, `T${i}`, '', then + i));
    await threads.addComment(as(ava), own, ids[0]!, words('up'));
    const page = await spaces.overview(as(ava), own);
    expect(page.threads.slice(0, 2).map((t) => t.title)).toEqual(['T0', 'T34']);
    const rest = await spaces.overview(as(ava), own, { before: page.next });
    expect(rest.threads.map((t) => t.title)).toEqual(['T5', 'T4', 'T3', 'T2', 'T1']);
    expect(rest.next).toBeNull();
  });

  it.each([false, true])(
    'stands in each list that it fits, pinned or not, for whoever may see it (guests hidden: %s)',
    async (guestsHidden) => {
      const own = await makeSpace(ava, { guestsHidden }, [ben]);
      for (const guest of [gil, noor]) await joinSpace(ava, own, guest);
      const ours = await threads.begin(as(ava), own, { title: 'ours', ...words('x'), audience: 'company' });
      const [plain, pinned, gils] = [
        await begin(ava, own, 'plain'),
        await begin(ava, own, 'pinned'),
        await begin(gil, own, 'gils'),
      ];
      await threads.setPinned(as(ava), own, pinned, true);
      for (const id of [ours, pinned, gils]) await threads.setClosed(as(ava), own, id, true);
      await threads.addComment(as(noor), own, plain, words('Noor'));
      await threads.addComment(as(ben), own, plain, { ...words('Ben'), audience: 'company' });
      const listed = async (who: User, show: (typeof THREAD_FILTERS)[number]) => {
        const page = await spaces.overview(as(who), own, { show });
        return [...page.pinned, ...page.threads].map(({ title }) => title).join(' ');
      };
      const lists = async (who: User) =>
        Object.fromEntries(
          await Promise.all(THREAD_FILTERS.map(async (show) => [show, await listed(who, show)])),
        );
      await threads.markRead(as(ben), own, ours, Date.now() + DAY);
      expect(await lists(ava)).toEqual({
        all: 'pinned plain gils ours',
        unread: 'plain gils',
        mine: 'pinned plain ours',
        open: 'plain',
        closed: 'pinned gils ours',
      });
      expect(await lists(ben)).toEqual({
        all: 'pinned plain gils ours',
        unread: 'pinned gils',
        mine: 'plain',
        open: 'plain',
        closed: 'pinned gils ours',
      });
      expect(await lists(noor)).toEqual({
        all: guestsHidden ? 'pinned plain' : 'pinned plain gils',
        unread: guestsHidden ? 'pinned' : 'pinned gils',
        mine: 'plain',
        open: 'plain',
        closed: guestsHidden ? 'pinned' : 'pinned gils',
      });
      await memberships.markRead(as(gil), own, Date.now() + DAY);
      expect(await lists(gil)).toMatchObject({ unread: '', mine: 'gils' });
      const later = { now: Date.now() + DAY };
      await threads.addComment(as(ben, later), own, plain, { ...words('Ben'), audience: 'company' });
      expect(await listed(gil, 'unread')).toBe('');
      await threads.addComment(as(noor, later), own, plain, words('Noor'));
      expect(await listed(gil, 'unread')).toBe(guestsHidden ? '' : 'plain');
    },
  );

  it('goes on by key in every list', async () => {
    const own = await makeSpace(ava, {}, [ben]);
    const then = Date.now() - DAY;
    for (let i = 0; i < 35; i++) {
      const id = await begin(ava, own, `T${i}`, '', then + i);
      await begin(ben, own, 'of Ben', '', then + i);
      await threads.setClosed(as(ava), own, id, true);
    }
    for (const [who, show] of [
      [ben, 'closed'],
      [ava, 'mine'],
      [ava, 'closed'],
    ] as const) {
      const page = await spaces.overview(as(who), own, { show });
      const rest = await spaces.overview(as(who), own, { show, before: page.next });
      expect(rest.next).toBeNull();
      expect([...page.threads, ...rest.threads].map(({ title }) => title)).toEqual(
        Array.from({ length: 35 }, (_, i) => `T${34 - i}`),
      );
    }
  });

  it('is followed by who writes in it, until they say otherwise', async () => {
    const id = await begin(gil, spaceId);
    const following = async (who: User) => (await threads.read(as(who), spaceId, id)).thread.following;
    // Whoever runs the space hears of what a guest begins.
    expect([await following(gil), await following(ava), await following(ben)]).toEqual([true, true, false]);
    await threads.addComment(as(ben), spaceId, id, words('x'));
    expect(await following(ben)).toBe(true);
    for (const each of [ava, ben]) {
      await threads.follow(as(each), spaceId, id, false);
      await threads.addComment(as(each), spaceId, id, words('y'));
      expect(await following(each)).toBe(false);
    }
  });

  it('is followed by everybody, and unfollowed by nobody, where the space says so', async () => {
    const blocked = await makeSpace(ava, { blockFollowing: true }, [ben]);
    const id = await begin(ava, blocked);
    expect((await threads.read(as(ben), blocked, id)).thread.following).toBe(true);
    await expect(threads.follow(as(ben), blocked, id, false)).rejects.toMatchObject(refusal('forbidden'));
  });
});

describe('unread marks', () => {
  const marked = async (who: User, id: number) =>
    (await spaces.overview(as(who), spaceId)).threads.find((t) => t.id === id)!.unread;

  it('are each person’s own, and each thread’s own', async () => {
    const [one, two] = [await begin(gil, spaceId), await begin(gil, spaceId)];
    expect([await marked(gil, one), await marked(ava, one), await marked(ava, two)]).toEqual([
      false,
      true,
      true,
    ]);
    await threads.markRead(as(ava), spaceId, one, Date.now());
    expect([await marked(ava, one), await marked(ava, two), await marked(ben, one)]).toEqual([
      false,
      true,
      true,
    ]);
    await threads.addComment(as(gil, { now: Date.now() + 1000 }), spaceId, one, words('more'));
    expect(await marked(ava, one)).toBe(true);
  });

  it('never reach beyond what the page showed', async () => {
    const id = await begin(gil, spaceId);
    const seen = Date.now();
    await threads.addComment(as(gil, { now: seen + 5 }), spaceId, id, words('while reading'));
    await threads.markRead(as(ava, { now: seen + 10 }), spaceId, id, seen);
    expect(await marked(ava, id)).toBe(true);
    await threads.markRead(as(ava, { now: seen + 10 }), spaceId, id, seen + 99 * DAY);
    await threads.addComment(as(gil, { now: seen + 20 }), spaceId, id, words('later'));
    expect(await marked(ava, id)).toBe(true);
  });

  it('are counted on the portal', async () => {
    const own = await makeSpace(ava, {}, [ben]);
    const unread = async () => (await spaces.portal(as(ben))).spaces.find((s) => s.id === own)!.unread;
    const now = Date.now() + 1000;
    const id = await begin(ava, own, 'x', '', now);
    await begin(ava, own, 'y', '', now);
    expect(await unread()).toBe(2);
    await threads.markRead(as(ben, { now: now + 1 }), own, id, now + 1);
    expect(await unread()).toBe(1);
    await memberships.markRead(as(ben, { now: now + 1 }), own, now + 1);
    expect(await unread()).toBe(0);
  });
});

describe('reactions', () => {
  it('are one of each kind a person, and taken back', async () => {
    const id = await begin(gil, spaceId);
    await parallel(5, () => threads.react(as(ava), spaceId, id, null, 'yes', true));
    await threads.react(as(noor), spaceId, id, null, 'yes', true);
    const told = ({ name, company, kind }: User) => ({ name, company, guest: kind === 'guest' });
    const reactions = async (who: User) => (await threads.read(as(who), spaceId, id)).thread.reactions;
    expect(await reactions(ava)).toEqual([
      { kind: 'yes', count: 2, own: true, people: [told(ava), told(noor)], more: 0 },
    ]);
    await threads.react(as(ava), spaceId, id, null, 'yes', false);
    expect(await reactions(ava)).toEqual([
      { kind: 'yes', count: 1, own: false, people: [told(noor)], more: 0 },
    ]);
    await expect(threads.react(as(ava), spaceId, id, null, '<b>', true)).rejects.toMatchObject(
      refusal('invalid'),
    );
    await expect(threads.react(as(ava), spaceId, id, 999_999, 'yes', true)).rejects.toMatchObject(
      refusal('missing'),
    );
  });
});

describe('open pages', () => {
  it('hear what happened since, in order, and nothing twice', async () => {
    const { seq } = await spaces.overview(as(ava), spaceId);
    expect(await changes.since(as(ava), spaceId, seq)).toBeNull();
    const id = await begin(gil, spaceId);
    const comment = await threads.addComment(as(ava), spaceId, id, words('x'));
    await threads.react(as(gil), spaceId, id, comment, 'eyes', true);
    const news = await changes.since(as(ava), spaceId, seq);
    expect(news!.changes).toEqual([
      { kind: 'thread', thread: id, comment: null, own: false },
      { kind: 'comment', thread: id, comment, own: true },
      { kind: 'reaction', thread: id, comment, own: false },
    ]);
    expect(await changes.since(as(ava), spaceId, news!.seq)).toBeNull();
  });

  it('learn at once that access has ended', async () => {
    const leaving = await makeGuest();
    await joinSpace(ava, spaceId, leaving);
    expect(await changes.since(as(leaving), spaceId, '')).toBeNull();
    await memberships.removeGuest(as(ava), spaceId, leaving.id);
    await expect(changes.since(as(leaving), spaceId, '')).rejects.toMatchObject(refusal('missing'));
  });
});

describe('isolation', () => {
  it('a guest of another space, and an administrator of the site, reach nothing of a thread', async () => {
    const id = await begin(ava, spaceId);
    const comment = await threads.addComment(as(ava), spaceId, id, words('x'));
    const other = (await spaces.portal(as(stranger))).spaces[0]!.id;
    for (const person of [stranger, await makeAdministrator()])
      for (const place of [spaceId, other]) {
        const ctx = as(person);
        const ways: Record<string, () => Promise<unknown>> = {
          read: () => threads.read(ctx, place, id),
          source: () => threads.source(ctx, place, id, comment),
          history: () => threads.history(ctx, place, id, comment),
          reacted: () => threads.reacted(ctx, place, id, comment),
          comment: () => threads.addComment(ctx, place, id, words('mine')),
          edit: () => threads.edit(ctx, place, id, comment, { body: 'mine', editedAt: 0 }),
          follow: () => threads.follow(ctx, place, id, true),
          read_: () => threads.markRead(ctx, place, id, 1),
          react: () => threads.react(ctx, place, id, comment, 'yes', true),
          pin: () => threads.setPinned(ctx, place, id, true),
          close: () => threads.setClosed(ctx, place, id, true),
        };
        for (const [name, way] of Object.entries(ways))
          await expect(way(), name).rejects.toMatchObject(refusal('missing'));
      }
    // Deleting gives no access either.
    await expect(threads.remove(as(stranger), spaceId, id)).rejects.toMatchObject(refusal('missing'));
    // Nor through a space of one's own.
    await expect(threads.remove(as(stranger), other, id)).rejects.toMatchObject(refusal('missing'));
    await expect(threads.removeComment(as(stranger), other, id, comment)).rejects.toMatchObject(
      refusal('missing'),
    );
    expect(await count('comment', 'id = ?', comment)).toBe(1);
  });

  it('a thread’s number in another of the own spaces is 404', async () => {
    const id = await begin(ava, spaceId);
    const elsewhere = await makeSpace(ava);
    await expect(threads.read(as(ava), elsewhere, id)).rejects.toMatchObject(refusal('missing'));
    await expect(threads.addComment(as(ava), elsewhere, id, words('x'))).rejects.toMatchObject(
      refusal('missing'),
    );
  });

  it('who was removed while they wrote gets 404', async () => {
    const leaving = await makeGuest();
    await joinSpace(ava, spaceId, leaving);
    const id = await begin(ava, spaceId);
    const ctx = meanwhile(as(leaving), () => memberships.removeGuest(as(ava), spaceId, leaving.id));
    await expect(threads.addComment(ctx, spaceId, id, words('last word'))).rejects.toMatchObject(
      refusal('missing'),
    );
  });
});

describe('where guests do not see each other', () => {
  let hidden: number, byAva: number, byGil: number, gilsComment: number;
  beforeAll(async () => {
    hidden = await makeSpace(ava, {}, [ben]);
    for (const guest of [gil, noor]) await joinSpace(ava, hidden, guest);
    await testContext().db.update(space).set({ guestsHidden: true }).where(eq(space.id, hidden));
    byAva = await begin(ava, hidden, 'From the company', '', Date.now() - DAY);
    byGil = await begin(gil, hidden, 'From Gil', '');
    gilsComment = await threads.addComment(as(gil), hidden, byAva, words('Gil was here'));
    await threads.addComment(as(ben), hidden, byAva, words('So was Ben'));
    await threads.react(as(gil), hidden, byAva, null, 'yes', true);
  });

  it('another guest’s name stands nowhere: people, line of companies, portal', async () => {
    const portal = await spaces.portal(as(noor));
    for (const seen of [
      await spaces.overview(as(noor), hidden),
      portal.spaces.find((s) => s.id === hidden),
    ]) {
      const said = JSON.stringify(seen);
      expect(said).not.toContain(gil.name);
      expect(said).not.toContain('Partner Ltd');
      expect(said).not.toContain('From Gil');
    }
    expect((await spaces.overview(as(noor), hidden)).guestCount).toBe(1);
    const card = portal.spaces.find((s) => s.id === hidden)!;
    expect([card.guestCount, card.latest]).toEqual([1, 'From the company']);
  });

  it('what another guest wrote is not there: list, thread, comment, counts, reactions, marks', async () => {
    const room = await spaces.overview(as(noor), hidden);
    expect(room.threads.map((t) => [t.id, t.commentCount])).toEqual([[byAva, 1]]);
    await expect(threads.read(as(noor), hidden, byGil)).rejects.toMatchObject(refusal('missing'));
    await expect(threads.addComment(as(noor), hidden, byGil, words('x'))).rejects.toMatchObject(
      refusal('missing'),
    );
    const read = await threads.read(as(noor), hidden, byAva);
    expect(read.comments.map((c) => c.author)).toEqual([ben.name]);
    expect(read.thread.reactions).toEqual([]);
    await expect(threads.source(as(noor), hidden, byAva, gilsComment)).rejects.toMatchObject(
      refusal('missing'),
    );
    // What only Gil did changes nothing for Noor.
    await memberships.markRead(as(noor), hidden, Date.now());
    await threads.addComment(as(gil, { now: Date.now() + 5000 }), hidden, byAva, words('again'));
    expect((await spaces.overview(as(noor), hidden)).threads[0]!.unread).toBe(false);
  });

  it('open pages hear nothing of it either', async () => {
    const { seq } = await spaces.overview(as(noor), hidden);
    const before = await changes.since(as(noor), hidden, seq);
    await threads.addComment(as(gil), hidden, byAva, words('psst'));
    expect(await changes.since(as(noor), hidden, seq)).toEqual(before);
    expect(await changes.since(as(ben), hidden, seq)).not.toBeNull();
  });

  it.each([
    ['as it is written', 'Ask @Gil Ferreira about it'],
    ['in other letters', 'Ask @gil ferreira about it'],
    ['with the full-width sign', 'Ask ＠Gil Ferreira about it'],
    ['by the address', 'Ask @GIL@HIDDEN.EXAMPLE about it'],
  ])(
    'a mention of another guest is nobody’s name, %s: page, list, history, search, notification, mail',
    async (_how, body) => {
      const kim = await makeGuest({ name: 'Kim Park', mailAbout: 'all' });
      const room = await makeSpace(ava);
      for (const guest of [gil, kim]) await joinSpace(ava, room, guest);
      await testContext().db.update(space).set({ guestsHidden: true }).where(eq(space.id, room));
      const topic = await begin(ava, room, 'Mentions', body);
      await threads.follow(as(kim), room, topic, true);
      const ctx = as(ava);
      const said = await threads.addComment(ctx, room, topic, words(body));
      await ctx.settle();
      const seen = async () =>
        JSON.stringify([
          await spaces.overview(as(kim), room),
          await threads.read(as(kim), room, topic),
          await threads.history(as(kim), room, topic, said),
          await threads.reacted(as(kim), room, topic, said),
          await threads.source(as(kim), room, topic, said),
          (await search.inSpace(as(kim), room, 'ferreira')).hits,
          (await search.inSpace(as(kim), room, 'about')).hits,
          await notifications.list(as(kim), { show: 'all' }),
          await mailsTo(kim.email),
        ]);
      expect(await seen()).toContain('about it');
      expect(await seen()).not.toMatch(/gil ferreira|gil@hidden/i);
      await threads.edit(as(ava), room, topic, said, { body: 'Somebody knows', editedAt: 0 });
      expect(await seen()).not.toMatch(/gil ferreira|gil@hidden/i);
      expect(JSON.stringify(await threads.read(as(gil), room, topic))).toMatch(/gil ferreira|gil@hidden/i);
    },
  );

  it('a hidden name takes nothing from a longer one; who has left is hidden still; own words stay', async () => {
    const [short, zed] = [await makeGuest({ name: 'Ben' }), await makeGuest({ name: 'Zed Zander' })];
    for (const guest of [short, zed]) await joinSpace(ava, hidden, guest);
    const topic = await begin(ava, hidden, 'Names', '@Ben Kowalski and @Ben, ask @Zed Zander');
    const html = async () => (await threads.read(as(noor), hidden, topic)).thread.html;
    expect(await html()).toMatch(/@Ben Kowalski.* and @…, ask @…/);
    await memberships.removeGuest(as(ava), hidden, zed.id);
    const edit = { title: 'Names', body: '@Ben Kowalski and @Ben, ask @Zed Zander!', editedAt: 0 };
    await threads.edit(as(ava), hidden, topic, null, edit);
    expect(await html()).not.toContain('Zed');
    const mine = await threads.addComment(as(noor), hidden, topic, words('thanks @Noor Haddad'));
    expect((await threads.source(as(noor), hidden, topic, mine)).body).toBe('thanks @Noor Haddad');
  });

  it('what the company does to another guest’s words is heard by that guest alone', async () => {
    const [topic, theirs] = [await begin(ava, hidden, 'T'), await begin(gil, hidden, 'G')];
    const comment = await threads.addComment(as(gil), hidden, topic, words('psst'));
    const { seq } = await spaces.overview(as(noor), hidden);
    await threads.react(as(ava), hidden, topic, comment, 'yes', true);
    await threads.addComment(as(ava), hidden, theirs, words('answer'));
    await threads.setClosed(as(ava), hidden, theirs, true);
    await threads.removeComment(as(ava), hidden, topic, comment);
    await threads.remove(as(ava), hidden, theirs);
    expect(await changes.since(as(noor), hidden, seq)).toBeNull();
    expect((await spaces.overview(as(noor), hidden)).seq).toBe(seq);
    expect((await changes.since(as(gil), hidden, seq))!.changes.slice(-5).map((c) => c.kind)).toEqual([
      'reaction',
      'comment',
      'thread-changed',
      'comment-deleted',
      'thread-deleted',
    ]);
  });

  it('no mark, order or number moves by what another guest does', async () => {
    const apart = await makeSpace(ava);
    for (const guest of [gil, noor]) await joinSpace(ava, apart, guest);
    await testContext().db.update(space).set({ guestsHidden: true }).where(eq(space.id, apart));
    const now = Date.now();
    const old = await begin(ava, apart, 'Old', '', now - 2 * DAY);
    await begin(ava, apart, 'New', '', now - DAY);
    await threads.markRead(as(noor), apart, old, now);
    const looks = async () => {
      const card = (await spaces.portal(as(noor))).spaces.find((s) => s.id === apart)!;
      const { unread, seq } = await threads.read(as(noor), apart, old);
      return [card.latest, card.lastActivityAt, card.unread, unread, seq];
    };
    const before = await looks();
    for (let i = 0; i < 6; i++)
      await threads.addComment(as(gil, { now: now + 5000 }), apart, old, words(`psst ${i}`));
    expect(await looks()).toEqual(before);
    const said = await threads.addComment(as(ava), apart, old, words('aloud'));
    expect((await threads.read(as(noor), apart, old, { around: said })).comments).toHaveLength(1);
  });

  it('the company sees everybody, and each guest sees themselves', async () => {
    expect((await spaces.overview(as(ben), hidden)).threads.map((t) => t.id)).toEqual(
      expect.arrayContaining([byAva, byGil]),
    );
    expect((await spaces.overview(as(gil), hidden)).people.map((p) => p.name)).toContain(gil.name);
    expect((await threads.read(as(gil), hidden, byGil)).thread.title).toBe('From Gil');
    expect((await spaces.overview(as(ben), hidden)).guestCount).toBe(3);
  });
});

it('related links lead to the web and nowhere else', async () => {
  const { spaceSettings } = await import('../../schemas');
  const { safeParse } = await import('valibot');
  const parse = (links: string) =>
    safeParse(spaceSettings, { name: 'x', cover: spaceForm.cover, links, updatedAt: '1' });
  const ok = parse(
    'Drawings, rev D https://drawings.example/d\nhttps://tides.example/north\nA | http://b.example',
  );
  expect((ok.output as { links: unknown }).links).toEqual([
    { title: 'Drawings, rev D', url: 'https://drawings.example/d' },
    { title: 'tides.example', url: 'https://tides.example/north' },
    { title: 'A', url: 'http://b.example' },
  ]);
  for (const bad of [
    'x javascript:alert(1)',
    'x data:text/html,hi',
    'just words',
    'x //evil',
    'x file:///etc/passwd',
  ])
    expect(
      parse(bad).issues?.map((i) => i.message),
      bad,
    ).toEqual(['links.wrong']);
  expect(parse('https://a.example\n'.repeat(21)).issues?.map((i) => i.message)).toEqual(['links.too-many']);
});
