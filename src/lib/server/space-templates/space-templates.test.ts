import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { as, bindings, testContext, type User } from '../../../../tests/contexts';
import {
  makeAdministrator,
  makeGuest,
  makeSpace,
  makeUser,
  site,
  spaceForm,
} from '../../../../tests/factories';
import { joinSpace } from '../../../../tests/invitations';
import { audited, count, parallel, refusal } from '../../../../tests/helpers';
import { png } from '../../../../tests/pictures';
import { limits } from '../../schemas';
import { LARGEST_TEMPLATE } from '../../templates';
import { locales } from '../../messages';
import { covers } from '../../components/covers';
import * as accounts from '../accounts';
import { randomId } from '../crypto';
import * as files from '../files';
import * as markdown from '../markdown';
import * as memberships from '../memberships';
import * as search from '../search';
import * as spaces from '../spaces';
import * as threads from '../threads';
import { spaceTemplate } from '../schema';
import * as templates from '.';
import { shipped } from './shipped';

let names = 0;
/** Names are unique per site, and all tests share one. */
const someName = () => `Template ${++names}`;

const begin = (who: User, spaceId: number, title: string, body = '') =>
  threads.begin(as(who), spaceId, { title, body, requestKey: randomId() });

const contentOf = async (who: User, id: string) => (await templates.find(as(who), id))!.content;

async function uploadedCover(who: User): Promise<string> {
  const bytes = png();
  return (await files.uploadCover(as(who), { name: 'a.png', body: bytes, size: bytes.length })).id;
}

const make = (who: User, spaceId: number, name = someName(), requestKey?: string) =>
  templates.fromSpace(as(who), spaceId, { name, description: 'Good for tests', requestKey });

/** A template as a file, of which a test changes something. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test breaks it at any depth
type Document = Record<string, any>;
const fileOf = (change: (document: Document) => void = () => {}): string => {
  const document: Document = {
    format: 'foyer-space-template',
    version: 1,
    name: someName(),
    description: 'From elsewhere',
    content: {
      cover: 'hills',
      severalThreads: true,
      blockJoining: false,
      blockFollowing: true,
      guestsHidden: true,
      showAnnouncement: true,
      showThreads: true,
      showPeople: false,
      showLinks: true,
      announcement: '**Welcome**',
      threads: [
        { title: 'First', body: 'One' },
        { title: 'Second', body: '' },
      ],
      links: [{ title: 'Tide tables', url: 'https://tides.example/' }],
    },
  };
  change(document);
  return JSON.stringify(document);
};

describe('shipped templates', () => {
  it.each(locales)(
    '%s: each fits the limits, has a cover of ours, an announcement and two to five threads',
    (locale) => {
      const all = shipped(locale);
      expect(all.length).toBeGreaterThanOrEqual(8);
      for (const { id, name, description, content } of all) {
        expect(name.length, id).toBeLessThanOrEqual(limits.templateName);
        expect(description.length, id).toBeLessThanOrEqual(limits.templateDescription);
        expect(
          covers.map((c) => c.name),
          id,
        ).toContain(content.cover);
        expect(content.announcement, id).not.toBe('');
        expect(content.threads.length, id).toBeGreaterThanOrEqual(2);
        expect(content.threads.length, id).toBeLessThanOrEqual(5);
        for (const { title, body } of content.threads) {
          expect(title, id).toBeTruthy();
          expect(body.length, title).toBeGreaterThan(40);
        }
      }
      expect(new Set(all.map((t) => t.name)).size).toBe(all.length);
      expect(new Set(all.map((t) => t.content.cover)).size).toBe(all.length);
    },
  );

  it('have the same ids in every language', () => {
    const [first, ...others] = locales.map((locale) => shipped(locale).map(({ id }) => id));
    for (const ids of others) expect(ids).toEqual(first);
  });

  it.each(locales)('%s: no markup is left unread in what they show', (locale) => {
    for (const { id, content } of shipped(locale))
      for (const text of [content.announcement, ...content.threads.map((t) => t.body)]) {
        const words = markdown.render(text).replace(/<[^<>]+>/g, '');
        expect(words, `${id}: ${words}`).not.toMatch(/\*\*|(^|\s)_\S|\| ---|\[ \]/);
      }
  });

  it('can all be exported and imported', async () => {
    const ada = await makeAdministrator();
    for (const { id } of shipped('en')) {
      const { text } = await templates.exportFile(as(ada), id);
      const document = JSON.parse(text);
      const made = await templates.importFile(as(ada), JSON.stringify({ ...document, name: someName() }));
      expect(await contentOf(ada, made.id)).toEqual(document.content);
      await templates.remove(as(ada), made.id);
    }
  });

  it('are in the viewer’s language', async () => {
    const ctx = as(await makeUser());
    ctx.locale = 'ja';
    expect((await templates.find(ctx, 'shipped:event'))!.name).toBe('イベント');
    expect((await templates.list(ctx)).map((t) => t.name)).toContain('イベント');
  });
});

describe('a template of a space', () => {
  it('takes cover, settings, announcement, links and the texts of threads, in their order', async () => {
    const ava = await makeUser();
    const spaceId = await makeSpace(ava, {
      cover: 'lagoon',
      guestsHidden: true,
      blockJoining: true,
      showPeople: false,
    });
    const settings = await spaces.settingsOf(as(ava), spaceId);
    const { updatedAt: _, ...form } = settings;
    await spaces.change(as(ava), spaceId, {
      ...form,
      announcement: 'Bring **boots**',
      links: [{ title: 'Tides', url: 'https://tides.example/' }],
    });
    await begin(ava, spaceId, 'Oldest', 'a');
    await begin(ava, spaceId, 'Middle', 'b');
    const pinned = await begin(ava, spaceId, 'Pinned', 'c');
    await threads.setPinned(as(ava), spaceId, pinned, true);
    const content = await contentOf(ava, await make(ava, spaceId));
    expect(content).toEqual({
      cover: 'lagoon',
      severalThreads: true,
      blockJoining: true,
      blockFollowing: false,
      guestsHidden: true,
      showAnnouncement: true,
      showThreads: true,
      showPeople: false,
      showLinks: true,
      announcement: 'Bring **boots**',
      threads: [
        { title: 'Pinned', body: 'c' },
        { title: 'Oldest', body: 'a' },
        { title: 'Middle', body: 'b' },
      ],
      links: [{ title: 'Tides', url: 'https://tides.example/' }],
    });
  });

  it('never takes people, comments, files, or what a guest wrote', async () => {
    const [ava, ben, gil] = [await makeUser(), await makeUser({ name: 'Ben Secretname' }), await makeGuest()];
    const spaceId = await makeSpace(ava, {}, [ben]);
    await joinSpace(ava, spaceId, gil);
    const ctx = as(ava);
    const { id: file } = await files.upload(ctx, spaceId, {
      kind: 'attachment',
      name: 'secret-plan.txt',
      body: new Uint8Array(3),
      size: 3,
    });
    const first = await threads.begin(ctx, spaceId, {
      title: 'Ours',
      body: `See [the plan](/files/${file}) and [again](${ctx.config.origin}/files/${file}), @Ben Secretname`,
      requestKey: randomId(),
      fileIds: [file],
    });
    await threads.addComment(as(ben), spaceId, first, { body: 'a secret comment', requestKey: randomId() });
    await begin(gil, spaceId, 'A guest’s thread', 'guest words');
    const id = await make(ava, spaceId);
    const [row] = await testContext().db.select().from(spaceTemplate).where(eq(spaceTemplate.id, id));
    const stored = JSON.stringify(row!.content);
    expect(row!.content.threads).toEqual([{ title: 'Ours', body: 'See the plan and again, @…' }]);
    for (const secret of [
      'secret-plan',
      'secret comment',
      'guest words',
      'A guest’s',
      file,
      ben.id,
      ben.email,
      gil.email,
      gil.id,
      'mentions',
    ])
      expect(stored).not.toContain(secret);
    expect(await count('file', 'template_id = ?', id)).toBe(0);
  });

  it('keeps nothing of a mention: nobody is told by a space that begins with it', async () => {
    const [ava, ben] = [await makeUser(), await makeUser({ name: 'Ben Plainword' })];
    const spaceId = await makeSpace(ava, {}, [ben]);
    await begin(ava, spaceId, 'Ours', 'Dear @Ben Plainword');
    const before = await count('notification');
    const made = await templates.beginSpace(
      as(ava),
      await make(ava, spaceId),
      spaceForm,
      [{ id: ben.id, administrator: false }],
      randomId(),
    );
    expect(await count('thread', "space_id = ? and mentions <> '[]'", made)).toBe(0);
    expect(await count('notification')).toBe(before);
  });

  it('has at most ten threads', async () => {
    const ava = await makeUser();
    const spaceId = await makeSpace(ava);
    for (let i = 0; i < 12; i++) await begin(ava, spaceId, `Thread ${i}`);
    const { threads: taken } = await contentOf(ava, await make(ava, spaceId));
    expect(taken.map((t) => t.title)).toEqual(Array.from({ length: 10 }, (_, i) => `Thread ${i}`));
  });

  it('is as large as a file may be at most, so that every template can be taken along', async () => {
    const [ava, ada] = [await makeUser(), await makeAdministrator()];
    const spaceId = await makeSpace(ava);
    for (let i = 0; i < 10; i++) await begin(ava, spaceId, `Thread ${i}`, '橋'.repeat(20_000));
    await expect(make(ava, spaceId)).rejects.toMatchObject(refusal('too-large', 'template.too-large'));
    const small = await makeSpace(ava);
    for (let i = 0; i < 8; i++) await begin(ava, small, `Thread ${i}`, '橋'.repeat(20_000));
    const { text } = await templates.exportFile(as(ada), await make(ava, small));
    const document = { ...JSON.parse(text), name: someName() };
    await expect(templates.importFile(as(ada), JSON.stringify(document, null, 2))).resolves.toBeTruthy();
  });

  it('is made by space administrators alone; for others there is no such space, or no such right', async () => {
    const [ava, ben, gil, ada] = [
      await makeUser(),
      await makeUser(),
      await makeGuest(),
      await makeAdministrator(),
    ];
    const spaceId = await makeSpace(ava, {}, [ben]);
    await joinSpace(ava, spaceId, gil);
    for (const [who, kind] of [
      [ben, 'forbidden'],
      [gil, 'forbidden'],
      [ada, 'missing'],
    ] as const) {
      await expect(make(who, spaceId)).rejects.toMatchObject(refusal(kind));
      await expect(templates.draft(as(who), spaceId)).rejects.toMatchObject(refusal(kind));
    }
    // A space administrator may, even without the permission to create spaces.
    await memberships.setAdministrator(as(ava), spaceId, ben.id, true);
    const plain = await makeUser({ canCreateSpaces: false });
    await memberships.addMember(as(ava), spaceId, plain.id, true);
    await expect(make(plain, spaceId)).resolves.toBeTruthy();
  });

  it('is written to the audit', async () => {
    const ava = await makeUser();
    const name = someName();
    const spaceId = await makeSpace(ava);
    await make(ava, spaceId, name);
    expect(await audited('template.created', name)).toHaveLength(1);
  });

  it('twenty posts of one form make one template', async () => {
    const ava = await makeUser();
    const spaceId = await makeSpace(ava);
    const [name, key] = [someName(), randomId()];
    const { done, refused } = await parallel(20, () => make(ava, spaceId, name, key));
    expect(refused).toEqual([]);
    expect(new Set(done).size).toBe(1);
    expect(await count('space_template', 'name = ?', name)).toBe(1);
  });

  it('a key that somebody else used before leads to nothing of theirs', async () => {
    const [ava, eve] = [await makeUser(), await makeUser()];
    const key = randomId();
    const mine = await make(ava, await makeSpace(ava), someName(), key);
    expect(await make(eve, await makeSpace(eve), someName(), key)).not.toBe(mine);
  });

  it('names are taken once, whatever their case; of twenty at once one gets it', async () => {
    const ava = await makeUser();
    const spaceId = await makeSpace(ava);
    const name = someName();
    const { done, refused } = await parallel(20, (i) =>
      make(ava, spaceId, i % 2 ? name : name.toUpperCase()),
    );
    expect(done).toHaveLength(1);
    for (const error of refused) expect(error).toMatchObject(refusal('conflict', 'template.name-taken'));
  });

  it('takes a copy of an uploaded cover, which is served and goes with the template', async () => {
    const [ava, ada] = [await makeUser(), await makeAdministrator()];
    const cover = await uploadedCover(ava);
    const spaceId = await makeSpace(ava, { cover: `file:${cover}` });
    const id = await make(ava, spaceId);
    const content = await contentOf(ava, id);
    expect(content.cover).toMatch(/^file:/);
    expect(content.cover).not.toBe(`file:${cover}`);
    expect(await count('file', 'template_id = ? and attached_at is not null', id)).toBe(1);
    // A space made from it gets a copy of its own; the template keeps its cover.
    const made = await templates.beginSpace(
      as(ava),
      id,
      { ...spaceForm, cover: content.cover },
      [],
      randomId(),
    );
    const { cover: third } = await spaces.settingsOf(as(ava), made);
    expect(third).toMatch(/^file:/);
    expect(third).not.toBe(content.cover);
    expect(await count('file', 'template_id = ? and released_at is null', id)).toBe(1);
    // Exported without files.
    expect((await templates.exportFile(as(ada), id)).text).not.toContain('file:');
    await templates.remove(as(ada), id);
    expect(await count('file', 'id = ? and released_at is not null', content.cover.slice(5))).toBe(1);
    expect(await count('file', 'id = ? and released_at is null', third.slice(5))).toBe(1);
  });

  it('who may not create spaces gets a shipped cover instead', async () => {
    const [ava, plain] = [await makeUser(), await makeUser({ canCreateSpaces: false })];
    const cover = await uploadedCover(ava);
    const spaceId = await makeSpace(ava, { cover: `file:${cover}` });
    await memberships.addMember(as(ava), spaceId, plain.id, true);
    expect((await templates.draft(as(plain), spaceId)).plainCover).toBe(true);
    expect((await contentOf(ava, await make(plain, spaceId))).cover).toBe('harbour');
  });
});

describe('a space that begins with a template', () => {
  it('has its threads in the template’s order, read and followed by the creator, and found by search', async () => {
    const [ava, ben] = [await makeUser(), await makeUser()];
    const spaceId = await templates.beginSpace(
      as(ava),
      'shipped:client-project',
      spaceForm,
      [{ id: ben.id, administrator: false }],
      randomId(),
    );
    const { content } = (await templates.find(as(ava), 'shipped:client-project'))!;
    const room = await spaces.overview(as(ava), spaceId);
    expect(room.threads.map((t) => t.title)).toEqual(content.threads.map((t) => t.title));
    expect(room.threads.every((t) => !t.unread)).toBe(true);
    const [card] = (await spaces.portal(as(ava))).spaces;
    expect(card).toMatchObject({ id: spaceId, unread: 0 });
    expect(await count('notification', 'space_id = ?', spaceId)).toBe(0);
    expect(room.announcementHtml).toContain('Welcome');
    expect((await spaces.overview(as(ben), spaceId)).threads.every((t) => !t.unread)).toBe(true);
    expect(await count('thread_person', 'user_id = ? and following = 1', ava.id)).toBe(
      content.threads.length,
    );
    const { hits } = await search.inSpace(as(ben), spaceId, 'Kick-off');
    expect(hits).toHaveLength(1);
  });

  it('begins with threads that are events like any others, of which nobody is told', async () => {
    const [ava, ben] = [await makeUser(), await makeUser({ mailAbout: 'all' })];
    const spaceId = await templates.beginSpace(
      as(ava),
      'shipped:client-project',
      { ...spaceForm, blockFollowing: true },
      [{ id: ben.id, administrator: false }],
      randomId(),
    );
    const { content } = (await templates.find(as(ava), 'shipped:client-project'))!;
    const { results } = await bindings.DB.prepare(
      `select json_extract(detail, '$.title') as title from audit_entry
       where action = 'space.thread-created' and space_id = ? and actor_id = ? order by id`,
    )
      .bind(spaceId, ava.id)
      .all();
    expect(results).toEqual(content.threads.map(({ title }) => ({ title })));
    expect(await count('space_event', `space_id = ? and kind = 'thread' and thread_id > 0`, spaceId)).toBe(
      content.threads.length,
    );
    expect(await count('notification', 'space_id = ?', spaceId)).toBe(0);
  });

  it('shows the same order to a guest from whom other guests are hidden', async () => {
    const [ava, gil] = [await makeUser(), await makeGuest()];
    const form = { ...spaceForm, guestsHidden: true };
    const spaceId = await templates.beginSpace(as(ava), 'shipped:supplier-onboarding', form, [], randomId());
    await joinSpace(ava, spaceId, gil);
    const { content } = (await templates.find(as(ava), 'shipped:supplier-onboarding'))!;
    expect((await spaces.overview(as(gil), spaceId)).threads.map((t) => t.title)).toEqual(
      content.threads.map((t) => t.title),
    );
  });

  it('a template of it has its threads in the same order again', async () => {
    const ava = await makeUser();
    const spaceId = await templates.beginSpace(as(ava), 'shipped:works', spaceForm, [], randomId());
    const { content } = (await templates.find(as(ava), 'shipped:works'))!;
    expect((await contentOf(ava, await make(ava, spaceId))).threads).toEqual(content.threads);
  });

  it('without several threads it has one nameless thread, which holds all of them', async () => {
    const ava = await makeUser();
    const form = { ...spaceForm, severalThreads: false };
    const spaceId = await templates.beginSpace(as(ava), 'shipped:client-project', form, [], randomId());
    const { results } = await testContext().db.run(
      sql`select title, body from thread where space_id = ${spaceId}`,
    );
    expect(results).toHaveLength(1);
    const [only] = results as { title: string; body: string }[];
    expect(only!.title).toBe('');
    expect(only!.body).toContain('## Weekly status');
    expect(only!.body.length).toBeLessThanOrEqual(limits.body);
  });

  it('from scratch without several threads: one nameless, empty thread, as ever', async () => {
    const ava = await makeUser();
    const spaceId = await makeSpace(ava, { severalThreads: false });
    expect(await count('thread', "space_id = ? and title = '' and body = ''", spaceId)).toBe(1);
    expect(await count('thread', 'space_id = ?', await makeSpace(ava))).toBe(0);
  });

  it('takes its settings from the form, not from the template', async () => {
    const ava = await makeUser();
    const spaceId = await templates.beginSpace(
      as(ava),
      'shipped:supplier-onboarding',
      { ...spaceForm, cover: 'night' },
      [],
      randomId(),
    );
    expect(await spaces.settingsOf(as(ava), spaceId)).toMatchObject({ guestsHidden: false, cover: 'night' });
  });

  it('another template after the form was filled in: only what was left as it was follows', async () => {
    const ava = await makeUser();
    const typed = {
      name: 'Typed',
      template: 'shipped:supplier-onboarding',
      cover: 'orchard',
      severalThreads: 'on',
      guestsHidden: 'on',
      blockFollowing: 'on',
    };
    const again = await templates.beginAgain(as(ava), typed, 'shipped:event');
    expect(again).toMatchObject({
      name: 'Typed',
      template: 'shipped:event',
      cover: 'night',
      severalThreads: 'on',
      guestsHidden: '',
      blockFollowing: 'on',
    });
    expect(await templates.beginAgain(as(ava), again, 'scratch')).toMatchObject({
      template: '',
      cover: 'harbour',
    });
    expect(await templates.beginAgain(as(ava), { ...typed, cover: 'leaves' }, 'scratch')).toMatchObject({
      cover: 'leaves',
    });
    expect(await templates.beginAgain(as(ava), typed, null)).toEqual(typed);
  });

  it('a second post leads to the same space, with its threads once', async () => {
    const ava = await makeUser();
    const key = randomId();
    const { done, refused } = await parallel(10, () =>
      templates.beginSpace(as(ava), 'shipped:event', spaceForm, [], key),
    );
    expect(refused).toEqual([]);
    expect(new Set(done).size).toBe(1);
    expect(await count('thread', 'space_id = ?', done[0])).toBe(5);
  });

  it('a template that has gone meanwhile makes no space', async () => {
    const [ava, ada] = [await makeUser(), await makeAdministrator()];
    const id = await make(ava, await makeSpace(ava));
    await templates.remove(as(ada), id);
    const before = await count('space');
    await expect(templates.beginSpace(as(ava), id, spaceForm, [], randomId())).rejects.toMatchObject(
      refusal('conflict', 'template.gone'),
    );
    expect(await count('space')).toBe(before);
  });
});

describe('who sees and changes templates', () => {
  it('those who may create spaces see and use them, nobody else', async () => {
    const ava = await makeUser();
    const id = await make(ava, await makeSpace(ava));
    for (const who of [await makeUser(), await makeAdministrator({ canCreateSpaces: false })]) {
      expect((await templates.list(as(who))).map((t) => t.id)).toContain(id);
      expect(await templates.find(as(who), id)).toBeTruthy();
    }
    for (const who of [
      await makeUser({ canCreateSpaces: false }),
      await makeGuest({ canCreateSpaces: true, administrator: true }),
    ]) {
      await expect(templates.list(as(who))).rejects.toMatchObject(refusal('forbidden'));
      await expect(templates.find(as(who), id)).rejects.toMatchObject(refusal('forbidden'));
      await expect(templates.beginSpace(as(who), id, spaceForm, [], randomId())).rejects.toMatchObject(
        refusal('forbidden'),
      );
    }
  });

  it('administrators of the site alone change, remove, hide, export and import, whoever made a template', async () => {
    const ava = await makeUser();
    const id = await make(ava, await makeSpace(ava));
    for (const who of [ava, await makeUser(), await makeGuest({ administrator: true })])
      for (const act of [
        () => templates.manage(as(who)),
        () => templates.change(as(who), id, { name: 'X', description: '' }, 0),
        () => templates.remove(as(who), id),
        () => templates.setHidden(as(who), 'shipped:event', true),
        () => templates.exportFile(as(who), id),
        () => templates.importFile(as(who), fileOf()),
      ])
        await expect(act()).rejects.toMatchObject(refusal('forbidden'));
    expect(await count('space_template', 'id = ?', id)).toBe(1);
  });

  it('the list tells what is inside in numbers, its own first, and no text', async () => {
    const ava = await makeUser({ name: 'Ava Maker' });
    const spaceId = await makeSpace(ava);
    await begin(ava, spaceId, 'One', 'do not show this');
    const id = await make(ava, spaceId);
    const list = await templates.list(as(ava));
    expect(list.find((t) => t.id === id)).toEqual({
      id,
      name: expect.any(String),
      description: 'Good for tests',
      cover: 'harbour',
      threads: 1,
      links: 0,
      announcement: false,
      by: 'Ava Maker',
    });
    expect(JSON.stringify(list)).not.toContain('do not show this');
    expect(list.findIndex((t) => t.id === id)).toBeLessThan(
      list.findIndex((t) => t.id.startsWith('shipped:')),
    );
  });

  it.each([
    '',
    'scratch',
    'shipped:',
    'shipped:nothing',
    'shipped:__proto__',
    "' or 1=1 --",
    'x'.repeat(5000),
  ])('%j is no template', async (id) => {
    expect(await templates.find(as(await makeUser()), id)).toBeNull();
  });
});

describe('administration', () => {
  it('renames and describes, and says so in the audit', async () => {
    const [ava, ada] = [await makeUser(), await makeAdministrator()];
    const id = await make(ava, await makeSpace(ava));
    const at = (await templates.manage(as(ada))).rows.find((r) => r.id === id)!.updatedAt;
    const name = someName();
    await templates.change(as(ada), id, { name, description: 'New words' }, at);
    expect(await templates.find(as(ava), id)).toMatchObject({ name, description: 'New words' });
    expect(await audited('template.changed', name)).toHaveLength(1);
  });

  it('a stale form overwrites nothing', async () => {
    const [ava, ada, bob] = [await makeUser(), await makeAdministrator(), await makeAdministrator()];
    const id = await make(ava, await makeSpace(ava));
    const at = (await templates.manage(as(ada))).rows.find((r) => r.id === id)!.updatedAt;
    const name = someName();
    await templates.change(as(ada), id, { name, description: '' }, at);
    await expect(
      templates.change(as(bob), id, { name: someName(), description: '' }, at),
    ).rejects.toMatchObject(refusal('conflict', 'form.stale'));
    expect((await templates.find(as(ava), id))!.name).toBe(name);
  });

  it('a name that another one has is refused; its own in other letters is not', async () => {
    const [ava, ada] = [await makeUser(), await makeAdministrator()];
    const spaceId = await makeSpace(ava);
    const [taken, mine] = [someName(), someName()];
    await make(ava, spaceId, taken);
    const id = await make(ava, spaceId, mine);
    const at = (await templates.manage(as(ada))).rows.find((r) => r.id === id)!.updatedAt;
    await expect(
      templates.change(as(ada), id, { name: taken.toLowerCase(), description: '' }, at),
    ).rejects.toMatchObject(refusal('conflict', 'template.name-taken'));
    await templates.change(as(ada), id, { name: mine.toUpperCase(), description: '' }, at);
  });

  it('what is removed is gone, the spaces that began with it are not', async () => {
    const [ava, ada] = [await makeUser(), await makeAdministrator()];
    const spaceId = await makeSpace(ava);
    await begin(ava, spaceId, 'Kept', 'words');
    const id = await make(ava, spaceId);
    const made = await templates.beginSpace(as(ava), id, spaceForm, [], randomId());
    await templates.remove(as(ada), id);
    await templates.remove(as(ada), id);
    await expect(templates.exportFile(as(ada), id)).rejects.toMatchObject(refusal('missing'));
    expect(await templates.find(as(ava), id)).toBeNull();
    expect((await spaces.overview(as(ava), made)).threads.map((t) => t.title)).toEqual(['Kept']);
    expect(await audited('template.removed', id)).toHaveLength(1);
  });

  it('a hidden shipped template is offered to nobody, can be exported, and comes back', async () => {
    const [ava, ada] = [await makeUser(), await makeAdministrator()];
    await templates.setHidden(as(ada), 'shipped:board', true);
    await templates.setHidden(as(ada), 'shipped:board', true);
    expect((await templates.list(as(ava))).map((t) => t.id)).not.toContain('shipped:board');
    expect(await templates.find(as(ava), 'shipped:board')).toBeNull();
    await expect(
      templates.beginSpace(as(ava), 'shipped:board', spaceForm, [], randomId()),
    ).rejects.toMatchObject(refusal('conflict', 'template.gone'));
    expect((await templates.manage(as(ada))).shipped.filter((t) => t.hidden).map((t) => t.id)).toEqual([
      'shipped:board',
    ]);
    expect((await templates.exportFile(as(ada), 'shipped:board')).name).toBe(
      'Board-and-advisors.foyer-template.json',
    );
    await templates.setHidden(as(ada), 'shipped:board', false);
    expect(await templates.find(as(ava), 'shipped:board')).toBeTruthy();
    await expect(templates.setHidden(as(ada), 'shipped:nothing', true)).rejects.toMatchObject(
      refusal('missing'),
    );
  });

  it('of two who hide different ones at once, nobody’s is lost unseen', async () => {
    const ada = await makeAdministrator();
    const ids = ['shipped:event', 'shipped:works'];
    const { done, refused } = await parallel(2, (i) => templates.setHidden(as(ada), ids[i]!, true));
    for (const error of refused) expect(error).toMatchObject(refusal('conflict', 'form.stale'));
    expect((await templates.manage(as(ada))).shipped.filter((t) => t.hidden)).toHaveLength(done.length);
    await site({ hiddenTemplates: [] });
  });
});

describe('templates as files', () => {
  it('what is exported comes back the same', async () => {
    const ada = await makeAdministrator();
    const { id, name } = await templates.importFile(as(ada), fileOf());
    const { text, name: fileName } = await templates.exportFile(as(ada), id);
    expect(fileName).toBe(`${name.replace(' ', '-')}.foyer-template.json`);
    const before = await templates.find(as(ada), id);
    await templates.remove(as(ada), id);
    const again = await templates.importFile(as(ada), `\ufeff${text}`);
    expect(await templates.find(as(ada), again.id)).toEqual({ ...before, id: again.id });
    expect(await audited('template.imported', again.id)).toHaveLength(1);
  });

  it('only what must be there must be there', async () => {
    const ada = await makeAdministrator();
    const { id } = await templates.importFile(
      as(ada),
      fileOf((d) => (d.content = {})),
    );
    expect(await contentOf(ada, id)).toMatchObject({
      cover: 'harbour',
      severalThreads: true,
      guestsHidden: false,
      threads: [],
      links: [],
      announcement: '',
    });
  });

  it('a cover that this version does not have becomes one that it has', async () => {
    const ada = await makeAdministrator();
    const { id } = await templates.importFile(
      as(ada),
      fileOf((d) => (d.content.cover = 'glacier-2031')),
    );
    expect((await contentOf(ada, id)).cover).toBe('harbour');
  });

  it('texts lose what only a file can hold', async () => {
    const ada = await makeAdministrator();
    const { id } = await templates.importFile(
      as(ada),
      fileOf((d) => {
        d.content.announcement = 'a\u0000b\r\nc\td\u001b[31m';
        d.content.threads = [{ title: 'one\ntwo', body: ' x\r\ny ' }];
      }),
    );
    expect(await contentOf(ada, id)).toMatchObject({
      announcement: 'ab\nc\td[31m',
      threads: [{ title: 'one two', body: 'x\ny' }],
    });
  });

  it('script in a template stays text', async () => {
    const ada = await makeAdministrator();
    const { id } = await templates.importFile(
      as(ada),
      fileOf((d) => {
        d.content.announcement =
          '<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>';
        d.content.threads = [{ title: '<b>x</b>', body: '<svg onload=alert(1)>' }];
      }),
    );
    const shown = templates.preview((await templates.find(as(ada), id))!);
    expect(shown.announcementHtml).not.toMatch(/<script|<img|href="javascript/);
  });

  const threadsOf = (count: number) => Array.from({ length: count }, () => ({ title: 'x', body: '' }));
  it.each<[string, string | Uint8Array, string, Record<string, unknown>?]>([
    ['nothing', '', 'template.file-unreadable'],
    ['no JSON', '{"format": "foyer-space-template",', 'template.file-unreadable'],
    ['no UTF-8', new Uint8Array([0x7b, 0xff, 0x7d]), 'template.file-unreadable'],
    ['a picture', new Uint8Array([0x89, 0x50, 0x4e, 0x47]), 'template.file-unreadable'],
    ['null', 'null', 'template.file-other'],
    ['a list', '[]', 'template.file-other'],
    ['a number', '7', 'template.file-other'],
    ['another format', '{"format":"other","version":1}', 'template.file-other'],
    ['a deep nest', '['.repeat(50_000) + ']'.repeat(50_000), 'template.file-other'],
    ['a later version', fileOf((d) => (d.version = 2)), 'template.file-version'],
    ['a version in words', fileOf((d) => (d.version = '1')), 'template.file-version'],
    ['too many bytes', `"${'x'.repeat(LARGEST_TEMPLATE)}"`, 'template.too-large'],
    ['no name', fileOf((d) => delete d.name), 'template.file-missing', { where: 'name' }],
    ['an empty name', fileOf((d) => (d.name = ' \n ')), 'template.file-missing', { where: 'name' }],
    [
      'a long name',
      fileOf((d) => (d.name = 'x'.repeat(31))),
      'template.file-too-long',
      { where: 'name', max: 30 },
    ],
    [
      'a long description',
      fileOf((d) => (d.description = 'x'.repeat(201))),
      'template.file-too-long',
      { where: 'description', max: 200 },
    ],
    ['no content', fileOf((d) => delete d.content), 'template.file-missing', { where: 'content' }],
    [
      'a name that is an object',
      fileOf((d) => (d.name = { toString: 'x' })),
      'template.file-wrong',
      { where: 'name' },
    ],
    [
      'members',
      fileOf((d) => (d.content.members = ['x'])),
      'template.file-unknown',
      { where: 'content › members' },
    ],
    ['an id', fileOf((d) => (d.id = 'shipped:event')), 'template.file-unknown', { where: 'id' }],
    [
      'comments',
      fileOf((d) => (d.content.threads[1].comments = [])),
      'template.file-unknown',
      { where: 'content › threads › 2 › comments' },
    ],
    [
      'eleven threads',
      fileOf((d) => (d.content.threads = threadsOf(11))),
      'template.file-too-many',
      { where: 'content › threads', max: 10 },
    ],
    [
      'threads that are an object',
      fileOf((d) => (d.content.threads = { length: 1 })),
      'template.file-wrong',
      { where: 'content › threads' },
    ],
    [
      'an empty thread',
      fileOf((d) => (d.content.threads = [{ title: '', body: ' ' }])),
      'template.file-wrong',
      { where: 'content › threads › 1' },
    ],
    [
      'a long title',
      fileOf((d) => (d.content.threads[0].title = 'x'.repeat(201))),
      'template.file-too-long',
      { where: 'content › threads › 1 › title', max: 200 },
    ],
    [
      'a long text',
      fileOf((d) => (d.content.threads[0].body = 'x'.repeat(20_001))),
      'template.file-too-long',
      { where: 'content › threads › 1 › body', max: 20_000 },
    ],
    [
      'a long announcement',
      fileOf((d) => (d.content.announcement = 'x'.repeat(10_001))),
      'template.file-too-long',
      { where: 'content › announcement', max: 10_000 },
    ],
    [
      '21 links',
      fileOf(
        (d) =>
          (d.content.links = Array.from({ length: 21 }, () => ({ title: 'x', url: 'https://x.example' }))),
      ),
      'template.file-too-many',
      { where: 'content › links', max: 20 },
    ],
    [
      'a box that is a word',
      fileOf((d) => (d.content.guestsHidden = 'false')),
      'template.file-wrong',
      { where: 'content › guestsHidden' },
    ],
    [
      'a cover that is a path',
      fileOf((d) => (d.content.cover = '../../etc/passwd')),
      'template.file-wrong',
      { where: 'content › cover' },
    ],
    [
      'a cover that is a file',
      fileOf((d) => (d.content.cover = 'file:aaaaaaaaaaaaaaaa')),
      'template.file-wrong',
      { where: 'content › cover' },
    ],
    ...[
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      ' javascript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      '//evil.example',
      '/files/x',
      'https:evil',
      'https://',
      'ftp://x.example',
      'vbscript:x',
      'https://x.example/ y',
      `https://x.example/${'x'.repeat(2_000)}`,
    ].map((url): [string, string, string, Record<string, unknown>] => [
      `a link to ${url.slice(0, 40)}`,
      fileOf((d) => (d.content.links[0].url = url)),
      'template.file-link',
      { where: 'content › links › 1 › url' },
    ]),
  ])('%s is refused, and said where', async (_what, document, key, params) => {
    const ada = await makeAdministrator();
    const before = await count('space_template');
    await expect(templates.importFile(as(ada), document)).rejects.toMatchObject({
      name: 'Refusal',
      detail: expect.objectContaining({
        key,
        field: 'file',
        ...(params && { params: expect.objectContaining(params) }),
      }),
    });
    expect(await count('space_template')).toBe(before);
  });

  it('a key __proto__ changes nothing', async () => {
    const ada = await makeAdministrator();
    const text = fileOf().replace('"cover"', '"__proto__":{"guestsHidden":true,"polluted":1},"cover"');
    await templates.importFile(as(ada), text).catch(() => {});
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('a name that is taken is refused', async () => {
    const ada = await makeAdministrator();
    const text = fileOf();
    await templates.importFile(as(ada), text);
    await expect(templates.importFile(as(ada), text)).rejects.toMatchObject(
      refusal('conflict', 'template.name-taken'),
    );
  });

  it('somebody who no longer administers the site learns nothing about names that are taken', async () => {
    const [ada, other] = [await makeAdministrator(), await makeAdministrator()];
    const text = fileOf();
    await templates.importFile(as(ada), text);
    const before = as(ada);
    await accounts.setPermissions(as(other), ada.id, { administrator: false, canCreateSpaces: true });
    await expect(templates.importFile(before, text)).rejects.toMatchObject(refusal('forbidden'));
  });

  it('a site has at most a hundred of its own, also when many come at once', async () => {
    const ada = await makeAdministrator();
    const left = 100 - (await count('space_template'));
    const { done, refused } = await parallel(left + 5, () => templates.importFile(as(ada), fileOf()));
    expect(done).toHaveLength(left);
    for (const error of refused) expect(error).toMatchObject(refusal('conflict', 'template.too-many'));
    expect((await templates.manage(as(ada))).rows).toHaveLength(100);
  });
});
