// Names in texts: who is notified, and what guests who do not see the others read, wherever texts appear.
import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  as,
  bindings,
  DAY,
  MINUTE,
  testContext,
  type Surroundings,
  type User,
} from '../../../../tests/contexts';
import { makeGuest, makeSpace, makeUser, spaceForm } from '../../../../tests/factories';
import { countingD1 } from '../../../../tests/helpers';
import { invite, joinSpace } from '../../../../tests/invitations';
import { mailsTo } from '../../../../tests/mailbox';
import { randomId } from '../crypto';
import * as invitations from '../invitations';
import * as memberships from '../memberships';
import * as notifications from '../notifications';
import { comment, notification, space, thread, user } from '../schema';
import * as search from '../search';
import * as spaces from '../spaces';
import * as templates from '../space-templates';
import * as threads from '../threads';

const words = (body: string) => ({ body, requestKey: randomId() });
const begin = (who: User, spaceId: number, title: string, body: string, from: Surroundings = {}) =>
  threads.begin(as(who, from), spaceId, { title, ...words(body) });
const hide = (id: number) =>
  testContext().db.update(space).set({ guestsHidden: true }).where(eq(space.id, id));
/** Ids of people notified by name. */
const toldOf = async (threadId: number, commentId: number | null = null) =>
  (await testContext().db.select().from(notification).where(eq(notification.threadId, threadId)))
    .filter((n) => n.commentId === commentId && n.kind === 'mention')
    .map((n) => n.userId)
    .sort();

let ava: User, ben: User, hanako: User, kim: User;
let hidden: number;
beforeAll(async () => {
  ava = await makeUser({ name: 'Ava Lind' });
  ben = await makeUser({ name: 'Ben Kowalski' });
  hanako = await makeGuest({ name: 'Hanako Sato', email: 'hanako@secret.example' });
  kim = await makeGuest({ name: 'Kim Park', mailAbout: 'all' });
  hidden = await makeSpace(ava, {}, [ben]);
  for (const guest of [hanako, kim]) await joinSpace(ava, hidden, guest);
  await hide(hidden);
});

/** All that a guest sees of a space and a thread. */
const shown = async (who: User, spaceId: number, threadId: number, commentId: number | null = null) =>
  JSON.stringify([
    await spaces.overview(as(who), spaceId),
    await spaces.portal(as(who)),
    await threads.read(as(who), spaceId, threadId),
    await threads.history(as(who), spaceId, threadId, commentId),
    await threads.source(as(who), spaceId, threadId, commentId),
    (await search.inSpace(as(who), spaceId, 'about')).hits,
    await notifications.list(as(who), { show: 'all' }),
    await mailsTo(who.email),
  ]);

/** Matches with a little context. */
const within = (text: string, what: RegExp) =>
  [...text.matchAll(new RegExp(what, 'gi'))].map((m) => text.slice(Math.max(0, m.index - 60), m.index + 60));

describe('where guests are hidden, no guest reads the name of another', () => {
  it.each([
    ['an honorific', '@Hanako Satoさん about it'],
    ['a full-width sign', '＠Hanako Sato様 about it'],
    ['another script’s blank', 'about @Hanako\u3000Satoくん'],
    ['invisible letters', 'about @Hana\u200bko Sato-san'],
    ['the address', 'about @hanako@secret.example'],
    ['the address in capitals', 'about ＠HANAKO@secret.example さん'],
    ['code', 'about `@Hanako Sato`'],
    ['a link', 'about [@Hanako Sato](https://x.example/)'],
    ['a quotation', '> @Hanako Sato said\n\nabout'],
    ['an escape', 'about \\@Hanako Sato'],
    ['something before', 'about x@Hanako Sato'],
    ['underscores', 'about **_@Hanako Sato_** __@hanako@secret.example__'],
    ['marks within', 'about @**Hanako Sato**'],
    ['a number behind', 'about @Hanako Sato² or @Hanako Sato2'],
    ['letters behind', 'about @Hanako Satos, @Hanako Satoji'],
    ['a title before', 'about @Dr. Hanako Sato'],
    [
      'a link to a page of hers',
      'about https://x.example/@Hanako%20Sato and [x](/%40hanako%40secret.example)',
    ],
    ['a link through her name', 'about @[Hanako](https://x.example/a_(b)) Sato'],
  ])('whom a text names with %s', async (_how, body) => {
    const topic = await begin(ava, hidden, 'Plain', body);
    await threads.follow(as(kim), hidden, topic, true);
    const ctx = as(ben);
    const said = await threads.addComment(ctx, hidden, topic, words(body));
    await ctx.settle();
    const read = await shown(kim, hidden, topic, said);
    expect(read.includes('about') && read.includes('@…')).toBe(true);
    expect(within(read, /hana\u200b?ko|secret\.example/)).toEqual([]);
    expect(JSON.stringify(await threads.read(as(hanako), hidden, topic))).toMatch(/hana\u200b?ko/i);
    expect(JSON.stringify(await threads.read(as(ben), hidden, topic))).toMatch(/hana\u200b?ko/i);
  });

  it('who is only invited yet, by their address or, known from elsewhere, by their name', async () => {
    const room = await makeSpace(ava, {}, [ben]);
    await joinSpace(ava, room, kim);
    await hide(room);
    const known = await makeGuest({ name: 'Yuki Known', email: 'yuki@z.example' });
    await invite(ava, room, 'zelda@z.example');
    await invite(ava, room, known.email);
    const topic = await begin(
      ben,
      room,
      'Offer for @zelda@z.example',
      'about @ZELDA@z.example and @Yuki Known',
    );
    const said = await threads.addComment(
      as(ben),
      room,
      topic,
      words('about @yuki@z.example, &#64;zelda@z.example'),
    );
    expect([await toldOf(topic), await toldOf(topic, said)]).toEqual([[], []]);
    const zelda = await makeGuest({ name: 'Zelda', email: 'zelda@z.example' });
    for (const guest of [zelda, known]) await joinSpace(ava, room, guest);
    const read = await shown(kim, room, topic, said);
    expect(read).toContain('about @…');
    expect(within(read, /zelda|yuki|z\.example/)).toEqual([]);
    for (const typed of ['zelda', 'z.example', 'yuki'])
      expect((await search.inSpace(as(kim), room, typed)).hits, typed).toEqual([]);
    expect(await shown(ben, room, topic, said)).toMatch(/zelda/i);
  });

  it('whom a title names: thread, list, portal, notification, mail', async () => {
    const topic = await begin(ava, hidden, 'Offer for @Hanako Satoさん', 'about it');
    await threads.follow(as(kim), hidden, topic, true);
    const ctx = as(ben);
    await threads.addComment(ctx, hidden, topic, words('about it'));
    await ctx.settle();
    const read = await shown(kim, hidden, topic);
    expect(read.includes('Offer for @…さん')).toBe(true);
    expect(within(read, /hanako/)).toEqual([]);
    expect((await threads.read(as(ben), hidden, topic)).thread.title).toBe('Offer for @Hanako Satoさん');
    expect(await toldOf(topic)).toEqual([]);
    await threads.edit(as(ava), hidden, topic, null, {
      title: 'Two offers for @Hanako Sato',
      body: 'about it',
      editedAt: 0,
    });
    expect(within(await shown(kim, hidden, topic), /hanako/)).toEqual([]);
  });

  it('whom an announcement and a related link name', async () => {
    const room = await makeSpace(ava);
    for (const guest of [hanako, kim]) await joinSpace(ava, room, guest);
    await hide(room);
    await spaces.change(as(ava), room, {
      ...spaceForm,
      guestsHidden: true,
      announcement: 'Ask @Hanako Satoさん, or @hanako@secret.example',
      links: [
        { title: 'Plan', url: 'https://x.example/' },
        { title: 'Page of @Hanako Sato', url: 'https://x.example/2' },
      ],
    });
    const seen = await spaces.overview(as(kim), room);
    expect(seen.announcementHtml).toContain('Ask @…さん, or @…');
    expect(seen.space.links.map((l) => l.title)).toEqual(['Plan', 'Page of @…']);
    expect((await spaces.overview(as(hanako), room)).space.links[1]!.title).toBe('Page of @Hanako Sato');
    expect((await spaces.settingsOf(as(ava), room)).announcement).toContain('@Hanako Sato');
    // People who left or were renamed stay hidden, also when the settings are saved again.
    await memberships.removeGuest(as(ava), room, hanako.id);
    await spaces.change(as(ava), room, {
      ...spaceForm,
      guestsHidden: true,
      announcement: 'Do ask @Hanako Satoさん, or @hanako@secret.example',
    });
    expect((await spaces.overview(as(kim), room)).announcementHtml).toContain('Do ask @…さん, or @…');
  });

  it('whom the address of a related link names: the link is left out', async () => {
    const room = await makeSpace(ava);
    for (const guest of [hanako, kim]) await joinSpace(ava, room, guest);
    await hide(room);
    const form = {
      ...spaceForm,
      guestsHidden: true,
      announcement: '',
      links: [
        { title: 'Plan of @Hanako Sato', url: 'https://x.example/1' },
        { title: 'Profile', url: 'https://x.example/@hanako@secret.example' },
        { title: 'Card', url: 'https://x.example/%40Hanako%20Sato' },
        { title: 'Photo', url: 'https://x.example/@Kim%20Park' },
      ],
    };
    await spaces.change(as(ava), room, form);
    const of = async (who: User) => (await spaces.overview(as(who), room)).space.links;
    expect(await of(kim)).toEqual([{ title: 'Plan of @…', url: 'https://x.example/1' }, form.links[3]]);
    expect(await of(hanako)).toEqual(form.links.slice(0, 3));
    expect(await of(ava)).toEqual(form.links);
    const { links } = await templates.draft(as(ava), room);
    expect(links).toEqual([{ title: 'Plan of @…', url: 'https://x.example/1' }]);
  });

  it('whom an invitation names: each invited guest reads their own name, and that of nobody else', async () => {
    const room = await makeSpace(ava, {}, [ben]);
    await joinSpace(ava, room, hanako);
    await hide(room);
    const [first, second] = ['first@inv.example', 'second@inv.example'];
    const ctx = as(ava);
    await invitations.inviteGuests(ctx, room, {
      addresses: `${first}, ${second}`,
      subject: 'Ask @Hanako Sato',
      message: `@Dr. Hanako Sato, @hanako@secret.example, @${first}, @${second} and @Ben Kowalski`,
      locale: 'en',
    });
    await ctx.settle();
    const mail = async (to: string) => JSON.stringify((await mailsTo(to)).at(-1));
    expect(await mail(first)).toContain('@…, @…, @first@inv.example, @… and @Ben Kowalski');
    expect(await mail(second)).toContain('@…, @…, @…, @second@inv.example and @Ben Kowalski');
    // Sent again, it still names nobody.
    const again = as(ava, { now: Date.now() + 10 * MINUTE });
    const { rows } = await invitations.guestsTab(again, room);
    await invitations.resend(
      again,
      room,
      rows.find(({ email }) => email === second)!.ref.slice('invitation:'.length),
    );
    await again.settle();
    for (const to of [first, second])
      expect(within(JSON.stringify(await mailsTo(to)), /hanako|secret\.example/)).toEqual([]);
  });

  it('whom an invitation names: somebody with an account and several invitations is one person', async () => {
    const room = await makeSpace(ava);
    const lee = await makeGuest({ name: 'Lee Brandt' });
    for (const guest of [hanako, lee]) await joinSpace(ava, room, guest);
    await hide(room);
    await memberships.removeGuest(as(ava), room, lee.id);
    const other = 'other@inv.example';
    const ctx = as(ava, { now: Date.now() + 2 * DAY });
    const message = `@Lee Brandt, @${lee.email}, @Hanako Sato, @${other}`;
    const addresses = `${lee.email}, ${other}`;
    await invitations.inviteGuests(ctx, room, { addresses, subject: 'S', message, locale: 'en' });
    await ctx.settle();
    const mail = async (to: string) => JSON.stringify((await mailsTo(to))[0]);
    expect(await mail(lee.email)).toContain(`@Lee Brandt, @${lee.email}, @…, @…`);
    expect(await mail(other)).toContain(`@…, @…, @…, @${other}`);
    // Sent again, there is an invitation besides the account.
    const again = as(ava, { now: Date.now() + 3 * DAY });
    const { rows } = await invitations.guestsTab(again, room);
    const { ref } = rows.find(({ email }) => email === lee.email)!;
    await invitations.resend(again, room, ref.slice('invitation:'.length));
    await again.settle();
    expect(await mail(lee.email)).toContain(`@Lee Brandt, @${lee.email}, @…, @…`);
  });

  it('whom the name of a space names: it is refused, since it stands everywhere', async () => {
    const room = await makeSpace(ava, {}, [ben]);
    await joinSpace(ava, room, hanako);
    const change = (name: string, guestsHidden: boolean) =>
      spaces.change(as(ava), room, { ...spaceForm, name, guestsHidden, announcement: '' });
    await change('Room of @Hanako Sato', false);
    const refused = { kind: 'invalid', detail: { key: 'space.name-names-guest', field: 'name' } };
    for (const name of ['Room of @Hanako Sato', '@hanako@secret.example', '@Hanako-Satos room'])
      await expect(change(name, true), name).rejects.toMatchObject(refused);
    await change('Room of Ava and @Ben Kowalski', true);
  });

  it('who is called otherwise since, is suspended, or has left: old texts, new ones, quotations', async () => {
    const [zed, yui, wim] = [
      await makeGuest({ name: 'Zed Zander' }),
      await makeGuest({ name: 'Yui Ito' }),
      await makeGuest({ name: 'Wim Wouters' }),
    ];
    for (const guest of [zed, yui, wim]) await joinSpace(ava, hidden, guest);
    const said = '@Zed Zander @Yui Ito @Wim Wouters about';
    const topic = await begin(ava, hidden, 'Who', said);
    const { db } = testContext();
    await db.update(user).set({ name: 'Somebody Else' }).where(eq(user.id, zed.id));
    await db.update(user).set({ status: 'inactive' }).where(eq(user.id, yui.id));
    await memberships.removeGuest(as(ava), hidden, wim.id);
    const html = async () => JSON.stringify(await threads.read(as(kim), hidden, topic));
    expect(within(await html(), /zed|yui|wim|somebody/)).toEqual([]);
    const quote = await threads.addComment(as(ben), hidden, topic, words(`> ${said}\n\nabout`));
    expect(within(await html(), /zed|yui|wim|somebody/)).toEqual([]);
    await threads.edit(as(ben), hidden, topic, quote, { body: `> ${said}\n\nmore`, editedAt: 0 });
    expect(within(await html(), /zed|yui|wim|somebody/)).toEqual([]);
    await threads.addComment(as(ben), hidden, topic, words('@Somebody Else, @Yui Ito and @Wim Wouters!'));
    expect(within(await html(), /zed|yui|wim|somebody/)).toEqual([]);
    expect(await html()).toContain('@…, @… and @…!');
  });

  it('what was stored before there were places is hidden by the same grammar', async () => {
    const topic = await begin(ava, hidden, 'Old', '@Hanako Satoさん, ＠hanako sato様');
    const said = await threads.addComment(as(ava), hidden, topic, words('@hanako@secret.exampleです'));
    const { db } = testContext();
    const old = (name: string) => [{ id: hanako.id, name, guest: true }];
    await db
      .update(thread)
      .set({ mentions: old('Hanako Sato') })
      .where(eq(thread.id, topic));
    await db
      .update(comment)
      .set({ mentions: old('hanako@secret.example') })
      .where(eq(comment.id, said));
    const seen = JSON.stringify(await threads.read(as(kim), hidden, topic));
    expect(within(seen, /hanako|secret\.example/)).toEqual([]);
    expect(seen).toContain('@…さん, @…様');
  });

  it('a guest who takes a member’s name hides nobody, and shows nobody', async () => {
    const double = await makeGuest({ name: 'Ben Kowalski' });
    await joinSpace(ava, hidden, double);
    const topic = await begin(ava, hidden, 'Twice', 'Hello @Ben Kowalski');
    const read = await threads.read(as(kim), hidden, topic);
    expect(read.thread.html).toBe('<p>Hello <bdi class="mention">@Ben Kowalski</bdi></p>\n');
  });

  it('their own name, and the company’s, they read', async () => {
    const topic = await begin(ava, hidden, 'Own', '@Kim Parkさん and @Hanako Sato and @Ben Kowalski');
    expect((await threads.read(as(kim), hidden, topic)).thread.html).toBe(
      '<p><bdi class="mention guest me">@Kim Park</bdi>さん and @… and <bdi class="mention">@Ben Kowalski</bdi></p>\n',
    );
  });
});

it('who is called in marks is told', async () => {
  const room = await makeSpace(ava, {}, [ben]);
  for (const body of ['_@Ben Kowalski_', 'ask **_@Ben Kowalski_**!', '@**Ben Kowalski**', '@Ben Kowalski¹'])
    expect(await toldOf(await begin(ava, room, 'M', body)), body).toEqual([ben.id]);
  for (const body of ['@Ben Kowalski2', '@`Ben Kowalski`', '@[Ben Kowalski](/x)', 'x_@Ben Kowalski'])
    expect(await toldOf(await begin(ava, room, 'M', body)), body).toEqual([]);
});

describe('a quotation names nobody anew', () => {
  let room: number;
  beforeAll(async () => {
    room = await makeSpace(ava, {}, [ben]);
    for (const guest of [hanako, kim]) await joinSpace(ava, room, guest);
  });
  it('who is named in it only is not told; outside of it they are', async () => {
    const topic = await begin(ava, room, 'Q', 'Ask @Hanako Sato and @Ben Kowalski');
    expect(await toldOf(topic)).toEqual([ben.id, hanako.id].sort());
    for (const [body, told] of [
      ['> Ask @Hanako Sato and @Ben Kowalski\n\nI will.', []],
      ['> **Ava Lind wrote:**\n> Ask @Hanako Sato\n@Ben Kowalski please decide', [ben.id]],
      ['> > @Hanako Sato\n> @Ben Kowalski', []],
      ['- > @Hanako Sato\n  @Ben Kowalski', [ben.id]],
      ['> > @Hanako Sato\n\n- > @Ben Kowalski', []],
      ['> Ask @Hanako Sato\n\n@Hanako Sato, did you?', [hanako.id]],
      ['`@Hanako Sato` [@Ben Kowalski](/x)', []],
      ['    > no quotation, but code @Hanako Sato', []],
      ['\\> no quotation @Hanako Sato', [hanako.id]],
    ] as const)
      expect(await toldOf(topic, await threads.addComment(as(kim), room, topic, words(body))), body).toEqual(
        told,
      );
  });
  it('it is marked still', async () => {
    const topic = await begin(ava, room, 'Q', '> @Hanako Sato');
    expect((await threads.read(as(ben), room, topic)).thread.html).toContain('<bdi class="mention guest">');
  });
  it('an edit tells only whom it names anew, outside of quotations', async () => {
    const topic = await begin(ava, room, 'E', 'x');
    const said = await threads.addComment(as(kim), room, topic, words('> @Ben Kowalski\n\nHi @Hanako Sato'));
    expect(await toldOf(topic, said)).toEqual([hanako.id]);
    const edit = async (body: string, now: number) => {
      const { editedAt } = await threads.source(as(kim), room, topic, said);
      await threads.edit(as(kim, { now }), room, topic, said, { body, editedAt });
    };
    const now = Date.now() + 1_000;
    // Notified once, and since deleted: not notified again.
    await testContext().db.delete(notification).where(eq(notification.commentId, said));
    await edit('> @Ben Kowalski\n> @Hanako Sato\n\nHi @Hanako Sato!', now);
    expect(await toldOf(topic, said)).toEqual([]);
    await edit('> @Ben Kowalski\n\nHi @Hanako Sato and @Ben Kowalski', now + 1_000);
    expect(await toldOf(topic, said)).toEqual([ben.id]);
  });
});

describe('a template made from a space', () => {
  it('carries nobody’s name out of it: announcement, threads, titles, links', async () => {
    const room = await makeSpace(ava, {}, [ben]);
    for (const guest of [hanako, kim]) await joinSpace(ava, room, guest);
    const gone = await makeGuest({ name: 'Gone Girl' });
    await joinSpace(ava, room, gone);
    await begin(
      ava,
      room,
      'For @Hanako Sato',
      '@Ben Kowalski, @Kim Parkさん and `@Gone Girl`: **go** x@Ava Lind',
    );
    await memberships.removeGuest(as(ava), room, gone.id);
    await spaces.change(as(ava), room, {
      ...spaceForm,
      announcement: 'Ask @ben kowalski or ＠Hanako Sato様',
      links: [{ title: 'Page of @Kim Park', url: 'https://x.example/' }],
    });
    const draft = JSON.stringify(await templates.draft(as(ava), room));
    const id = await templates.fromSpace(as(ava), room, { name: `Names ${randomId()}`, description: '' });
    const row = await bindings.DB.prepare('select content from space_template where id = ?')
      .bind(id)
      .first('content');
    const content = JSON.parse(String(row)) as { announcement: string; threads: unknown; links: unknown };
    expect(content.announcement).toBe('Ask @… or @…様');
    expect(content.threads).toEqual([{ title: 'For @…', body: '@…, @…さん and `@…`: **go** x@…' }]);
    expect(content.links).toEqual([{ title: 'Page of @…', url: 'https://x.example/' }]);
    for (const text of [draft, String(row)])
      expect(within(text, /hanako|kowalski|kim park|gone|ava/)).toEqual([]);
  });
});

describe('in a space of 3,000 people', () => {
  let room: number;
  const many = 3_000;
  beforeAll(async () => {
    room = await makeSpace(ava);
    await bindings.DB.batch([
      bindings.DB.prepare(
        `insert into user (id, kind, email, email_original, name, password_hash, created_at, updated_at)
        with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)
        select 'crowd' || i, iif(i % 2, 'guest', 'user'), 'crowd' || i || '@partner.example', '', 'Person Number ' || i, '', 1, 1 from n`,
      ).bind(many),
      bindings.DB.prepare(
        `insert into membership (space_id, user_id, administrator, joined_at, last_read_at)
        select ?, id, 0, 1, 1 from user where id like 'crowd%'`,
      ).bind(room),
    ]);
  });
  it('everybody who is named is told, marked, and hidden', async () => {
    const who = [1, 2, 499, 500, 501, 1_777, 2_999, 3_000];
    const body = `${who.map((i) => `@Person Number ${i}さん`).join('、')} and ＠crowd1500@partner.example`;
    const { DB, rowsRead } = countingD1();
    const topic = await begin(ava, room, 'Crowd', body, { env: { DB } });
    expect(rowsRead()).toBeLessThan(15 * many);
    expect(await toldOf(topic)).toEqual([...who, 1_500].map((i) => `crowd${i}`).sort());
    const read = await threads.read(as(ava), room, topic);
    expect(read.thread.html.match(/class="mention/g)).toHaveLength(9);
    await hide(room);
    await joinSpace(ava, room, kim);
    expect((await threads.read(as(kim), room, topic)).thread.html.match(/@…/g)).toHaveLength(5);
  });
  it('a text without @ reads nobody', async () => {
    const [found] = [
      await bindings.DB.prepare('select count(*) n from membership where space_id = ?').bind(room).first('n'),
    ];
    expect(Number(found)).toBeGreaterThan(many);
    const cost = async (body: string) => {
      const { DB, rowsRead } = countingD1();
      await begin(ava, room, 'Cost', body, { env: { DB } });
      return rowsRead();
    };
    expect(await cost('nobody')).toBeLessThan((await cost('@Person Number 7')) - many);
  });
});
