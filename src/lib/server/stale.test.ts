/** Two people, or two tabs, save the same form: every form that can be stale, by the same rules. */
import { beforeAll, describe, expect, it } from 'vitest';
import { as, meanwhile, testContext, type User } from '../../../tests/contexts';
import { makeAdministrator, makeSpace, makeUser } from '../../../tests/factories';
import { audited, refusal } from '../../../tests/helpers';
import * as appearance from './appearance';
import { randomId } from './crypto';
import type { Refusal } from './errors';
import * as settings from './settings';
import * as site from './site';
import * as templates from './space-templates';
import * as spaces from './spaces';
import { wasOf } from './stale';
import * as threads from './threads';

type Form = Record<string, unknown>;
interface Scene {
  load: () => Promise<{ form: Form; version: number; was: string }>;
  save: (form: Form, version: number, was?: string) => Promise<unknown>;
  /** The hidden field. */
  version: string;
  /** A value, and two newer ones. */
  one: [name: string, ...values: [unknown, unknown]];
  other?: [name: string, unknown];
  /** Of the input, and what the refusal says. */
  input: string;
  says: unknown;
}

let ada: User;
let clock = Date.now();
const later = () => as(ada, { now: (clock += 1_000) });
const some = () => `N${randomId()}`;
beforeAll(async () => {
  ada = await makeAdministrator();
});

/** As it was installed. */
const unset = () =>
  site.changeSettings(as(ada), { siteName: 'Foyer', companyName: '', policy: settings.presets.hardened });

const scenes: [string, () => Promise<Scene>][] = [
  [
    'the settings of a space',
    async () => {
      const id = await makeSpace(ada);
      return {
        load: async () => {
          const { updatedAt, was, ...form } = await spaces.settingsOf(as(ada), id);
          return { form, version: updatedAt, was };
        },
        save: (form, updatedAt, was) => spaces.change(later(), id, form as never, { updatedAt, was }),
        version: 'updatedAt',
        one: [
          'links',
          [{ title: 'A', url: 'https://a.example/' }],
          [{ title: 'B', url: 'https://b.example/' }],
        ],
        other: ['announcement', 'Fifth'],
        input: 'links',
        says: 'A https://a.example/',
      };
    },
  ],
  [
    'a template',
    async () => {
      const form = { name: some().slice(0, 20), description: 'Of old' };
      const id = await templates.fromSpace(as(ada), await makeSpace(ada), form);
      const name = some().slice(0, 20);
      return {
        load: async () => {
          const { rows } = await templates.manage(as(ada));
          const { name, description, updatedAt, was } = rows.find((row) => row.id === id)!;
          return { form: { name, description }, version: updatedAt, was };
        },
        save: (form, version, was) => templates.change(later(), id, form as never, version, was),
        version: 'updatedAt',
        one: ['name', name, some().slice(0, 20)],
        other: ['description', 'New'],
        input: 'templateName',
        says: name,
      };
    },
  ],
  [
    'the appearance',
    async () => {
      await unset();
      return {
        load: async () => {
          const { siteName, companyName, accent, revision } = await settings.read(testContext());
          const form = { siteName, companyName, accent };
          return { form, version: revision, was: wasOf(form, settings.appearanceFields) };
        },
        save: (form, revision, was) =>
          appearance.change(later(), { ...form, logo: [], removeLogo: false, revision, was } as never),
        version: 'revision',
        one: ['siteName', 'Harbour', 'Quay'],
        other: ['companyName', 'Harbour Ltd'],
        input: 'siteName',
        says: 'Harbour',
      };
    },
  ],
  [
    'the authentication',
    async () => {
      await unset();
      return {
        load: async () => {
          const read = await settings.read(testContext());
          return {
            form: settings.authenticationOf(read) as never,
            version: read.revision,
            was: settings.authenticationShown(read),
          };
        },
        save: async (form, revision, was) => {
          const ctx = later();
          const merged = await site.mergedAuthentication(ctx, form as never, { revision, was });
          const { twoStep, allowedDomains, ...policy } = merged.form;
          await site.changeSettings(ctx, { twoStep, allowedDomains, policy }, merged.revision);
        },
        version: 'revision',
        one: ['composition', true, true],
        other: ['minLength', 14],
        input: 'composition',
        says: { key: 'form.on' },
      };
    },
  ],
  [
    'a comment',
    async () => {
      const spaceId = await makeSpace(ada);
      const key = () => ({ requestKey: randomId() });
      const thread = await threads.begin(as(ada), spaceId, { title: 'Piles', body: 'x', ...key() });
      const comment = await threads.addComment(as(ada), spaceId, thread, { body: 'as it was', ...key() });
      return {
        load: async () => {
          const { body, editedAt, was } = await threads.source(as(ada), spaceId, thread, comment);
          return { form: { body }, version: editedAt, was };
        },
        save: (form, editedAt, was) =>
          threads.edit(later(), spaceId, thread, comment, { body: String(form.body), editedAt, was }),
        version: 'editedAt',
        one: ['body', 'first', 'second'],
        input: 'body',
        says: 'first',
      };
    },
  ],
];

const newerOf = async (saving: Promise<unknown>) => {
  const error = await saving.then(
    () => null,
    (thrown: Refusal) => thrown,
  );
  expect(error).toMatchObject(refusal('conflict', 'form.stale'));
  return error!.detail.newer!;
};

describe.each(scenes)('%s', (what, make) => {
  // The field of the authentication is a switch: two people cannot change it in two ways.
  if (what !== 'the authentication')
    it('both have changed a field: the refusal says what is saved now, the next Save decides', async () => {
      const { load, save, version, one, input, says } = await make();
      const [name, mine, others] = [one[0], one[2], one[1]];
      const shown = await load();
      await save({ ...shown.form, [name]: others }, shown.version, shown.was);
      const stale = { ...shown.form, [name]: mine };
      const newer = await newerOf(save(stale, shown.version, shown.was));
      expect(newer.saved).toMatchObject([{ field: input, text: says }]);
      expect((await load()).form[name]).toEqual(others);
      await save(stale, Number(newer.values[version]), newer.values.was);
      expect((await load()).form[name]).toEqual(mine);
    });

  it('without what the form showed, every field that differs is decided', async () => {
    const { load, save, version, one, input, says } = await make();
    const shown = await load();
    await save({ ...shown.form, [one[0]]: one[1] }, shown.version, shown.was);
    const newer = await newerOf(save(shown.form, shown.version));
    expect(newer.saved).toMatchObject([{ field: input, text: says }]);
    await save(shown.form, Number(newer.values[version]));
    expect((await load()).form).toEqual(shown.form);
  });

  it('of each field the change counts, whoever made it', async () => {
    const { load, save, one, other } = await make();
    if (!other) return;
    const shown = await load();
    await save({ ...shown.form, [one[0]]: one[1] }, shown.version, shown.was);
    await save({ ...shown.form, [other[0]]: other[1] }, shown.version, shown.was);
    expect((await load()).form).toEqual({ ...shown.form, [one[0]]: one[1], [other[0]]: other[1] });
  });

  it('saved twice the same is saved', async () => {
    const { load, save, one } = await make();
    const shown = await load();
    const form = { ...shown.form, [one[0]]: one[1] };
    await save(form, shown.version, shown.was);
    await save(form, shown.version, shown.was);
    expect((await load()).form).toEqual(form);
  });

  it('after a third change it is asked again', async () => {
    const { load, save, version, one } = await make();
    const shown = await load();
    await save({ ...shown.form, [one[0]]: one[1] }, shown.version, shown.was);
    const newer = await newerOf(save(shown.form, shown.version));
    const now = await load();
    await save(shown.form, now.version, now.was);
    const again = await load();
    await save({ ...shown.form, [one[0]]: one[1] }, again.version, again.was);
    await expect(save(shown.form, Number(newer.values[version]))).rejects.toMatchObject(
      refusal('conflict', 'form.stale'),
    );
  });
});

it('of a refused form, what was left as shown is what is saved now', async () => {
  const id = await makeSpace(ada);
  const { updatedAt, was, ...form } = await spaces.settingsOf(as(ada), id);
  const shown = { updatedAt, was };
  await spaces.change(later(), id, { ...form, name: 'Theirs', cover: 'hills', blockJoining: true }, shown);
  const newer = await newerOf(spaces.change(later(), id, { ...form, name: 'Mine' }, shown));
  expect(newer.saved).toEqual([{ field: 'name', label: 'space.name', text: 'Theirs' }]);
  expect(newer.values).toMatchObject({ cover: 'hills', blockJoining: 'on' });
  expect(newer.values).not.toHaveProperty('name');
});

it('limits of passwords that do not fit together are both decided', async () => {
  const read = await settings.read(testContext());
  const shown = { revision: read.revision, was: settings.authenticationShown(read) };
  const form = settings.authenticationOf(read);
  await site.changeSettings(as(ada), { policy: { ...read.policy, maxLength: 20 } }, read.revision);
  const newer = await newerOf(site.mergedAuthentication(as(ada), { ...form, minLength: 30 }, shown));
  expect(newer.saved.map(({ field }) => field)).toEqual(['minLength', 'maxLength']);
});

it('nothing is told to somebody who may not see it', async () => {
  const [ben, cho] = [await makeUser(), await makeUser()];
  const id = await makeSpace(ben);
  const { updatedAt, ...form } = await spaces.settingsOf(as(ben), id);
  await spaces.change(
    as(ben, { now: updatedAt + 1 }),
    id,
    { ...form, announcement: 'Secret' },
    { updatedAt },
  );
  await expect(spaces.change(as(cho), id, form, { updatedAt })).rejects.toMatchObject(refusal('missing'));
  const { revision } = await settings.read(testContext());
  await expect(
    site.mergedAuthentication(as(cho), {} as never, { revision: revision - 1 }),
  ).rejects.toMatchObject(refusal('forbidden'));
  await expect(templates.change(as(cho), 'x', { name: 'x', description: '' }, 1)).rejects.toMatchObject(
    refusal('forbidden'),
  );
});

it('a change between reading and writing is not overwritten', async () => {
  const id = await makeSpace(ada);
  const { updatedAt, was, ...form } = await spaces.settingsOf(as(ada), id);
  const shown = { updatedAt, was };
  const ctx = meanwhile(later(), () =>
    spaces.change(later(), id, { ...form, announcement: 'Theirs' }, shown),
  );
  const mine = { ...form, announcement: 'Mine' };
  await expect(spaces.change(ctx, id, mine, shown)).rejects.toMatchObject(refusal('conflict', 'form.stale'));
  const newer = await newerOf(spaces.change(later(), id, mine, shown));
  expect(newer.saved).toMatchObject([{ field: 'announcement', text: 'Theirs' }]);
  expect(await audited('space.changed', 'Mine')).toEqual([]);
});
