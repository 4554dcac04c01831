import { beforeEach, expect, it } from 'vitest';
import { as, bindings, HOUR, ORIGIN, testContext, type User } from '../../../../tests/contexts';
import { makeGuest, makeSpace, makeUser } from '../../../../tests/factories';
import { joinSpace } from '../../../../tests/invitations';
import { count, parallel, refusal } from '../../../../tests/helpers';
import { mailsTo } from '../../../../tests/mailbox';
import * as changes from '../changes';
import { randomId } from '../crypto';
import * as files from '../files';
import * as notifications from '../notifications';
import * as search from '../search';
import * as spaces from '../spaces';
import * as threads from './index';

let host: User;
let ben: User;
let gil: User;
let room: number;
let topic: number;
const key = () => ({ requestKey: randomId() });
const named = (...names: string[]) => names.map((name) => new File([name], name));
const text = (...names: string[]) => ({ body: 'Drawings', files: named(...names), ...key() });

beforeEach(async () => {
  [host, ben, gil] = [
    await makeUser({ name: 'Ava' }),
    await makeUser({ name: 'Ben' }),
    await makeGuest({ name: 'Gil' }),
  ];
  room = await makeSpace(host, {}, [ben]);
  await joinSpace(host, room, gil);
  topic = await threads.begin(as(host), room, { title: 'Berth', ...text() });
});

const filesOf = async (commentId: number | null, who = host, thread = topic) =>
  (await threads.source(as(who), room, thread, commentId)).files;
const list = async (who = host) =>
  (await files.browse(as(who), room)).files.map(({ name, version }) => `${name} ${version}`);
const versions = async (id: string, who = host) =>
  (await files.versions(as(who), room, id)).versions.map(({ name, version }) => `${name} ${version}`);
const replace = (who: User, id: string, name: string) =>
  threads.replaceFile(as(who), room, id, { files: named(name), ...key() });
const sees = async (who: User, id: string) =>
  files.serve(as(who), id, new Request(`${ORIGIN}/files/${id}`)).then(
    () => true,
    (refused: unknown) => {
      expect(refused).toMatchObject(refusal('missing'));
      return false;
    },
  );

it('a new version takes the place of a file in its text and in the list, and keeps the old ones', async () => {
  const said = await threads.addComment(as(ben), room, topic, text('plan.pdf', 'notes.txt'));
  const [plan] = await filesOf(said);
  await replace(ben, plan!.id, 'plan 2.pdf');
  const third = await replace(host, plan!.id, 'plan 3.pdf');
  expect((await filesOf(said)).map(({ name, version }) => [name, version])).toEqual([
    ['plan 3.pdf', 3],
    ['notes.txt', 1],
  ]);
  expect(await list()).toEqual(['plan 3.pdf 3', 'notes.txt 1']);
  for (const id of [plan!.id, third])
    expect(await versions(id)).toEqual(['plan 3.pdf 3', 'plan 2.pdf 2', 'plan.pdf 1']);
  const { newest, versions: all } = await files.versions(as(gil), room, plan!.id);
  expect(newest).toMatchObject({ id: third, by: { name: 'Ava' }, commentId: said, mayReplace: false });
  for (const { id } of all) expect(await sees(gil, id)).toBe(true);
  expect(all.map(({ by }) => by.name)).toEqual(['Ava', 'Ben', 'Ben']);
});

it('many at once become versions one after another', async () => {
  const said = await threads.addComment(as(ben), room, topic, text('plan.pdf'));
  const [plan] = await filesOf(said);
  const { done } = await parallel(5, (i) => replace(ben, plan!.id, `plan ${i}.pdf`));
  expect(done).toHaveLength(5);
  const { versions: all } = await files.versions(as(host), room, plan!.id);
  expect(all.map(({ version }) => version)).toEqual([6, 5, 4, 3, 2, 1]);
  expect(await filesOf(said)).toHaveLength(1);
});

it('the same form again writes nothing', async () => {
  const [plan] = await filesOf(await threads.addComment(as(ben), room, topic, text('plan.pdf')));
  const given = { kind: 'attachment', name: 'x.pdf', body: new Uint8Array(3), size: 3 } as const;
  const { id } = await files.upload(as(ben), room, given);
  for (let again = 0; again < 2; again++)
    expect(await threads.replaceFile(as(ben), room, plan!.id, { fileIds: [id], ...key() })).toBe(id);
  expect(await versions(id)).toEqual(['x.pdf 2', 'plan.pdf 1']);
});

it('a form that is posted twenty times at once makes one version, also without scripts', async () => {
  const [plan] = await filesOf(await threads.addComment(as(ben), room, topic, text('plan.pdf')));
  const form = key();
  const post = (...names: string[]) =>
    threads.replaceFile(as(ben), room, plan!.id, { ...form, files: named(...names) });
  const { done } = await parallel(20, () => post('plan 2.pdf'));
  expect(done).toHaveLength(20);
  expect(new Set(done).size).toBe(1);
  expect(await post('plan 2.pdf')).toBe(done[0]);
  expect(await versions(plan!.id)).toEqual(['plan 2.pdf 2', 'plan.pdf 1']);
  // After "Back", the same form carries another file.
  const third = await post('plan 3.pdf');
  expect(await versions(third)).toEqual(['plan 3.pdf 3', 'plan 2.pdf 2', 'plan.pdf 1']);
});

it('is for whoever wrote the text and whoever runs the space; guests for their own', async () => {
  const [bens] = await filesOf(await threads.addComment(as(ben), room, topic, text('ben.pdf')));
  const [gils] = await filesOf(await threads.addComment(as(gil), room, topic, text('gil.pdf')));
  await expect(replace(gil, bens!.id, 'x')).rejects.toMatchObject(refusal('forbidden'));
  await expect(replace(ben, gils!.id, 'x')).rejects.toMatchObject(refusal('forbidden'));
  await expect(replace(await makeUser(), gils!.id, 'x')).rejects.toMatchObject(refusal('missing'));
  await expect(replace(gil, randomId(), 'x')).rejects.toMatchObject(refusal('missing'));
  await replace(gil, gils!.id, 'gil 2.pdf');
  // Also after somebody else's version.
  await replace(host, gils!.id, 'gil 3.pdf');
  await replace(gil, gils!.id, 'gil 4.pdf');
  expect(await list()).toEqual(['gil 4.pdf 4', 'ben.pdf 1']);
  await threads.setClosed(as(host), room, topic, true);
  await expect(replace(gil, gils!.id, 'x')).rejects.toMatchObject(refusal('conflict', 'thread.closed'));
});

it('takes one own, unused upload of this space', async () => {
  const [plan, other] = await filesOf(
    await threads.addComment(as(ben), room, topic, text('plan.pdf', 'other.pdf')),
  );
  const given = { kind: 'attachment', name: 'x', body: new Uint8Array(3), size: 3 } as const;
  const elsewhere = await files.upload(as(ben), await makeSpace(ben), given);
  const hosts = await files.upload(as(host), room, given);
  for (const fileIds of [[elsewhere.id], [hosts.id], [other!.id], [randomId()]])
    await expect(threads.replaceFile(as(ben), room, plan!.id, { fileIds, ...key() })).rejects.toMatchObject(
      refusal('conflict', 'file.gone'),
    );
  for (const form of [{}, { files: named('a', 'b') }])
    await expect(threads.replaceFile(as(ben), room, plan!.id, { ...form, ...key() })).rejects.toMatchObject(
      refusal('invalid', 'version.one'),
    );
  expect(await list()).toEqual(['other.pdf 1', 'plan.pdf 1']);
});

it('is told to open pages, found by its name, and notifies nobody', async () => {
  const [plan] = await filesOf(await threads.addComment(as(host), room, topic, text('harbourplan.pdf')));
  const told = await count('notification');
  const { seq } = await spaces.overview(as(gil), room);
  await replace(host, plan!.id, 'quayplan.pdf');
  expect((await changes.since(as(gil), room, seq))!.changes).toMatchObject([{ kind: 'file', thread: topic }]);
  expect(await count('notification')).toBe(told);
  const hits = async (word: string) => (await search.inSpace(as(gil), room, word)).hits.length;
  expect([await hits('harbourplan'), await hits('quayplan')]).toEqual([0, 1]);
});

it('what was replaced before guests could see its text stays with the company, and is not counted for them', async () => {
  const said = await threads.addComment(as(host), room, topic, { ...text('draft.pdf'), audience: 'company' });
  const [draft] = await filesOf(said);
  const { seq } = await spaces.overview(as(gil), room);
  const second = await replace(host, draft!.id, 'offer.pdf');
  expect(await changes.since(as(gil), room, seq)).toBeNull();
  for (const id of [draft!.id, second]) {
    expect(await sees(gil, id)).toBe(false);
    await expect(files.versions(as(gil), room, id)).rejects.toMatchObject(refusal('missing'));
  }
  const opening = (await threads.opening(as(host), room, topic, said))!;
  expect(opening.first!.files).toEqual(['offer.pdf']);
  await threads.open(as(host), room, topic, said, opening.seen);
  expect([await sees(gil, draft!.id), await sees(gil, second)]).toEqual([false, true]);
  expect(await versions(second, gil)).toEqual(['offer.pdf 1']);
  expect(await versions(second)).toEqual(['offer.pdf 2', 'draft.pdf 1']);
  await expect(files.versions(as(gil), room, draft!.id)).rejects.toMatchObject(refusal('missing'));
  await replace(host, second, 'offer 2.pdf');
  expect(await versions(second, gil)).toEqual(['offer 2.pdf 2', 'offer.pdf 1']);
  expect(await list(gil)).toEqual(['offer 2.pdf 2']);
  expect((await filesOf(said, gil)).map(({ version }) => version)).toEqual([2]);
});

it('no list, hit or mail names a version that was replaced: neither what guests were never shown, nor after the index was written anew', async () => {
  const said = await threads.addComment(as(host), room, topic, {
    ...text('wharf surcharge.pdf'),
    body: 'Wharf',
    audience: 'company',
  });
  const [draft] = await filesOf(said);
  await replace(host, draft!.id, 'wharf.pdf');
  const opening = (await threads.opening(as(host), room, topic, said))!;
  await threads.open(as(host), room, topic, said, opening.seen);
  const named = async (who: User, word: string) => [
    (await search.inSpace(as(who), room, word)).hits.map((hit) =>
      hit.files.map(({ name }) => name.map((piece) => piece.text).join('')),
    ),
    (await search.everything(as(who), word, { kind: null, after: null })).found!.files.rows.map(
      ({ name }) => name,
    ),
  ];
  const check = async () => {
    for (const who of [host, gil]) {
      expect(await named(who, 'wharf')).toEqual([[['wharf.pdf']], ['wharf.pdf']]);
      expect(await named(who, 'surcharge')).toEqual([[], []]);
    }
  };
  await check();
  const later = testContext({ now: Date.now() + HOUR });
  await notifications.mailDue(later);
  await later.settle();
  const mail = (await mailsTo(gil.email)).find(({ text }) => text.includes('wharf.pdf'))!;
  expect(mail.text + mail.html).not.toContain('surcharge');
  await bindings.DB.prepare(`delete from setting where key = 'searchIndex'`).run();
  for (let i = 0; i < 10; i++) await search.rebuild(testContext());
  await check();
});

it('of a guest’s file by whoever runs the space is hidden from other guests as the file is', async () => {
  const other = await makeGuest();
  room = await makeSpace(host, { guestsHidden: true });
  for (const guest of [gil, other]) await joinSpace(host, room, guest);
  topic = await threads.begin(as(host), room, { title: 'Berth', ...text() });
  const [gils] = await filesOf(await threads.addComment(as(gil), room, topic, text('gil.pdf')));
  const second = await replace(host, gils!.id, 'gil 2.pdf');
  for (const id of [gils!.id, second]) {
    expect([await sees(gil, id), await sees(other, id)]).toEqual([true, false]);
    await expect(files.versions(as(other), room, id)).rejects.toMatchObject(refusal('missing'));
  }
  expect([await list(gil), await list(other)]).toEqual([['gil 2.pdf 2'], []]);
});

it('all versions go with the text, or when the file is taken out of it', async () => {
  const left = () => count('file', 'space_id = ? and released_at is null', room);
  const said = await threads.addComment(as(ben), room, topic, text('plan.pdf', 'notes.txt'));
  const [plan, notes] = await filesOf(said);
  const second = await replace(ben, plan!.id, 'plan 2.pdf');
  expect(await left()).toBe(3);
  await threads.edit(as(ben), room, topic, said, {
    ...{ body: 'Drawings', editedAt: 0, had: [second, notes!.id], keep: [notes!.id] },
  });
  expect(await left()).toBe(1);
  expect([await sees(host, plan!.id), await sees(host, second)]).toEqual([false, false]);
  await replace(ben, notes!.id, 'notes 2.txt');
  await threads.removeComment(as(ben), room, topic, said);
  expect(await left()).toBe(0);
  await files.purge(testContext());
  expect(await count('file', 'space_id = ?', room)).toBe(0);
});

it('counts against storage with all its versions', async () => {
  const [plan] = await filesOf(await threads.addComment(as(host), room, topic, text('12345')));
  await replace(host, plan!.id, '1234');
  expect((await files.storageOf(as(host), room)).used).toBe(9);
});
