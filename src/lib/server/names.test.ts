/** How the site shows names, above all guests' names. */
import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { as, testContext, type User } from '../../../tests/contexts';
import { account, makeAdministrator, makeGuest, makeSpace, makeUser, site } from '../../../tests/factories';
import { filter } from '../../../tests/guests';
import { invited, joinSpace, signUp } from '../../../tests/invitations';
import { mailsTo } from '../../../tests/mailbox';
import { refusal } from '../../../tests/helpers';
import { loadTranslator } from '../messages';
import { displayName, shown } from '../people';
import * as schemas from '../schemas';
import * as accounts from './accounts';
import * as guests from './guests';
import { randomId } from './crypto';
import * as invitations from './invitations';
import { render } from './mail/messages';
import * as mentions from './mentions/completion';
import * as notifications from './notifications';
import { user } from './schema';
import * as search from './search';
import * as spaces from './spaces';
import * as threads from './threads';
import * as v from 'valibot';

beforeAll(() => site({ setUp: true, siteName: 'Foyer' }));

describe('a name in words', () => {
  it('a guest is one, with the company where it is known; a user is only named', async () => {
    const [en, ja] = [await loadTranslator('en'), await loadTranslator('ja')];
    const ben = { name: 'Ben Kowalski', company: 'Northwind' };
    expect(displayName(en, { ...ben, guest: true })).toBe('Ben Kowalski (guest, Northwind)');
    expect(displayName(en, { ...ben, guest: true, company: '' })).toBe('Ben Kowalski (guest)');
    expect(displayName(en, { ...ben, guest: true, company: ' \u200b ' })).toBe('Ben Kowalski (guest)');
    expect(displayName(en, { ...ben, guest: false })).toBe('Ben Kowalski');
    expect(displayName(ja, { ...ben, guest: true })).toBe('Ben Kowalski（ゲスト、Northwind）');
  });

  it('one that was stored before names were cleaned is shown safely', () => {
    expect(shown('\u202eKowalski neB')).toBe('Kowalski neB');
    expect(shown('\u200b')).toBe('–');
  });
});

describe('a name is cleaned when it is saved', () => {
  it('sign-up, set-up and profile: collapsed, visible', () => {
    const name = (typed: string) =>
      (v.safeParse(schemas.signUp, { name: typed, password: 'x' }).output as { name: string }).name;
    expect(name('Ann  Lee')).toBe('Ann Lee');
    expect(name('\u202eKowalski neB')).toBe('Kowalski neB');
    expect(name('\u3164Ann\u00a0\u2060Lee')).toBe('Ann Lee');
  });

  it('so completion, mentions and search find it', async () => {
    const ava = await makeUser({ name: 'Ava' });
    const { output } = v.safeParse(schemas.signUp, { name: 'Ann  \u200bLee', password: 'x' });
    const spaceId = await makeSpace(ava);
    const ann = await makeGuest(output as { name: string });
    await joinSpace(ava, spaceId, ann);
    expect((await mentions.complete(as(ava), spaceId, 'Ann L')).map((p) => p.id)).toEqual([ann.id]);
    const id = await threads.begin(as(ava), spaceId, {
      title: 'Plan',
      body: '@Ann Lee look',
      requestKey: randomId(),
    });
    expect((await notifications.list(as(ann), { show: 'me' })).items).toHaveLength(1);
    expect((await threads.read(as(ava), spaceId, id)).thread.html).toContain('class="mention guest"');
  });

  it('a title or body that shows nothing is refused', async () => {
    const ava = await makeUser();
    const spaceId = await makeSpace(ava);
    const post = (typed: { title: string; body: string }) => {
      const form = { ...typed, fileIds: [], files: [], requestKey: 'a'.repeat(16) };
      const { output } = v.safeParse(schemas.thread, form);
      return threads.begin(as(ava), spaceId, output as v.InferOutput<typeof schemas.thread>);
    };
    await expect(post({ title: '\u200b', body: 'x' })).rejects.toMatchObject(
      refusal('invalid', 'thread.title-missing'),
    );
    const id = await post({ title: 'Plan', body: 'x' });
    for (const body of ['\u200b', ' \u200b ', '\u2800', '\u3164', '&nbsp;', '&#8203;\n\n&zwnj;']) {
      const form = { body, fileIds: [], files: [], requestKey: randomId() };
      const { output } = v.safeParse(schemas.comment, form);
      await expect(
        threads.addComment(as(ava), spaceId, id, output as v.InferOutput<typeof schemas.comment>),
        JSON.stringify(body),
      ).rejects.toMatchObject(refusal('invalid', 'comment.missing'));
    }
  });
});

describe('a guest who takes a user’s name is told from that user', () => {
  let ava: User, ben: User, fake: User, spaceId: number, thread: number;
  const WORDS = 'Ben Kowalski (guest, Northwind)';
  beforeAll(async () => {
    ava = await makeUser({ name: 'Ava Lind', mailAbout: 'all' });
    ben = await makeUser({ name: 'Ben Kowalski', company: 'Foyer' });
    spaceId = await makeSpace(ava, {}, [ben]);
    fake = await makeGuest({ name: 'Ben Kowalski', company: 'Northwind' });
    await joinSpace(ava, spaceId, fake);
    thread = await threads.begin(as(ben), spaceId, { title: 'Plan', body: '', requestKey: randomId() });
    for (const who of [ben, fake]) {
      const ctx = as(who);
      await threads.addComment(ctx, spaceId, thread, {
        body: '@Ava Lind please transfer it',
        requestKey: randomId(),
      });
      await threads.react(ctx, spaceId, thread, null, 'yes', true);
      await ctx.settle();
    }
  });

  it('in mail: sender, text and HTML; also in a mail of several', async () => {
    const [theirs, his] = await mailsTo(ava.email);
    expect(theirs!.from).toContain(`"${WORDS} via Foyer"`);
    expect(theirs!.text).toMatch(`${WORDS} mentioned you in “Plan”`);
    expect(theirs!.html).toContain(WORDS);
    expect(his!.from).toContain('"Ben Kowalski (via Foyer)"');
    expect(his!.text).toMatch(/^Ben Kowalski mentioned you in “Plan”/);
    const event = { event: 'comment', actorName: 'Ben Kowalski', text: 'x', cut: false, at: 0, url: 'https://x.example' } as const; // prettier-ignore
    const digest = await render(
      {
        kind: 'digest',
        siteName: 'Foyer',
        count: 2,
        threads: [
          {
            spaceName: 'S',
            threadTitle: 'T',
            events: [
              { ...event, guestOf: 'Northwind' },
              { ...event, guestOf: '' },
              { ...event, guestOf: null },
            ],
          },
        ],
        timeZone: 'UTC',
        url: 'https://x.example',
        unsubscribe: 'https://x.example',
        settings: 'https://x.example',
      },
      'en',
    );
    for (const part of [digest.text, digest.html]) {
      expect(part).toContain(`${WORDS} commented`);
      expect(part).toContain('Ben Kowalski (guest) commented');
      expect(part).toContain('Ben Kowalski commented');
    }
  });

  it('in notifications, threads, comments, lists, reactions, people, completion, search, quotes', async () => {
    const asked = as(ava);
    const told = { guest: true, company: 'Northwind' };
    expect((await notifications.list(asked, { show: 'all' })).items.slice(0, 2)).toMatchObject([
      { actor: 'Ben Kowalski', ...told },
      { actor: 'Ben Kowalski', guest: false },
    ]);
    const page = await threads.read(asked, spaceId, thread);
    expect(page.comments).toMatchObject([{ guest: false }, { author: 'Ben Kowalski', ...told }]);
    expect(page.thread.reactions[0]!.people).toEqual([
      { name: 'Ben Kowalski', guest: false, company: 'Foyer' },
      { name: 'Ben Kowalski', ...told },
    ]);
    expect((await threads.reacted(asked, spaceId, thread, null)).rows).toMatchObject([
      { guest: false },
      told,
    ]);
    const theirs = page.comments[1]!.id;
    expect((await threads.source(asked, spaceId, thread, theirs)).author).toEqual({
      name: 'Ben Kowalski',
      ...told,
    });
    await threads.begin(as(fake), spaceId, { title: 'Own', body: 'lighthouse', requestKey: randomId() });
    const room = await spaces.overview(asked, spaceId);
    expect(room.threads.find((t) => t.title === 'Own')).toMatchObject(told);
    expect(room.people.filter((p) => p.name === 'Ben Kowalski')).toMatchObject([{ guest: false }, told]);
    expect(await mentions.complete(asked, spaceId, 'Ben')).toMatchObject([{}, {}]);
    expect((await mentions.complete(asked, spaceId, 'Ben')).some((p) => p.guest)).toBe(true);
    expect((await search.everywhere(asked, 'lighthouse')).hits).toMatchObject([told]);
    const { rows } = await invitations.guestsTab(asked, spaceId);
    expect(rows).toMatchObject([{ name: 'Ben Kowalski', company: 'Northwind' }]);
  });

  it('in the export of guests', async () => {
    const stream = guests.exported(as(await makeAdministrator()), filter());
    let csv = '';
    for await (const piece of stream) csv += piece;
    expect(csv).toContain(`"${fake.email}","Ben Kowalski","Northwind",`);
  });

  it('nothing of it where guests are hidden from each other', async () => {
    const other = await makeGuest({ name: 'Kim' });
    const hidden = await makeSpace(ava, { guestsHidden: true });
    await joinSpace(ava, hidden, fake);
    await joinSpace(ava, hidden, other);
    const id = await threads.begin(as(ava), hidden, { title: 'Plan', body: 'x', requestKey: randomId() });
    const said = await threads.addComment(as(fake), hidden, id, { body: 'y', requestKey: randomId() });
    await threads.react(as(fake), hidden, id, null, 'yes', true);
    const seen = [
      await threads.read(as(other), hidden, id),
      await spaces.overview(as(other), hidden),
      await notifications.list(as(other), { show: 'all' }),
      await mentions.complete(as(other), hidden, ''),
    ];
    expect(JSON.stringify(seen)).not.toMatch(/Kowalski|Northwind/);
    expect((await threads.source(as(ava), hidden, id, said)).author).toBeNull();
  });
});

describe('an old name in the database', () => {
  it('is cleaned at the next save, and safe until then', async () => {
    const { token, email, spaceId, inviter } = await invited();
    await signUp(token, { name: 'Kim' });
    await testContext().db.update(user).set({ name: '\u202eKowalski neB' }).where(eq(user.email, email));
    const guest = (await account(email))!;
    const ctx = as(guest);
    await threads.begin(ctx, spaceId, {
      title: 'Plan',
      body: `@${inviter.name} see`,
      requestKey: randomId(),
    });
    await ctx.settle();
    const [mail] = await mailsTo(inviter.email);
    expect(mail!.text).toMatch(/^Kowalski neB \(guest\) mentioned you in “Plan”/);
    expect(mail!.from).toContain('"Kowalski neB (guest) via Foyer"');
    const { output } = v.safeParse(schemas.profile, { name: guest.name });
    await accounts.changeProfile(as(guest), output as v.InferOutput<typeof schemas.profile>);
    expect((await account(email))!.name).toBe('Kowalski neB');
  });
});
