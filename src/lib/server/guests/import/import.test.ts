// A list of people to invite: read, mended, sent in steps, each by the rule for everybody.
import { beforeAll, describe, expect, it } from 'vitest';
import { as, type User } from '../../../../../tests/contexts';
import {
  makeAdministrator,
  makeGuest,
  makeSpace,
  makeUser,
  site,
  someEmail,
} from '../../../../../tests/factories';
import { filter } from '../../../../../tests/guests';
import { count, refusal } from '../../../../../tests/helpers';
import { invitationOf, joinSpace } from '../../../../../tests/invitations';
import { mailsTo } from '../../../../../tests/mailbox';
import * as archive from '../../archive';
import * as csv from '../../csv';
import * as memberships from '../../memberships';
import * as guests from '..';
import { linesOf, textOf } from './lines';

const { lists } = guests;
let ava: User, ben: User;
beforeAll(async () => {
  await site({ setUp: true, siteName: 'Foyer' });
  [ava, ben] = [await makeAdministrator({ name: 'Ava' }), await makeUser({ name: 'Ben' })];
});

const read = (text: string, space = '', who = ava) => lists.read(as(who), { csv: text, file: null, space });
const look = async (token: string) => (await lists.look(as(ava), token))!;
async function sendAll(token: string): Promise<string> {
  for (let n = 0; n < 40; n++) {
    const ctx = as(ava);
    token = await lists.send(ctx, token);
    await ctx.settle();
    if (!(await look(token)).going) return token;
  }
  throw new Error('never ends');
}

describe('a table', () => {
  it.each([
    ['commas', 'a,b\r\nc,d\r\n'],
    ['semicolons', 'a;b\nc;d'],
    ['tabs, and a mark of its encoding', '\ufeffa\tb\nc\td\n\n'],
    ['quotes', '"a","b"\n"c","d"'],
    ['old line ends', 'a,b\rc,d'],
  ])('%s', (_name, text) => {
    expect(csv.read(text).map(({ cells }) => cells)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });
  it('cells with separators, quotes and line breaks, and the line in which each record begins', () => {
    expect(csv.read('"a, ""b""\nc",d\ne,f')).toEqual([
      { line: 1, cells: ['a, "b"\nc', 'd'] },
      { line: 3, cells: ['e', 'f'] },
    ]);
  });
  it('a quote that never ends is a character', () => {
    expect(csv.read('a "b,c\n"d,e').map(({ cells }) => cells)).toEqual([
      ['a "b', 'c'],
      ['"d', 'e'],
    ]);
  });
  it('reads what it writes', () => {
    const cells = ['=1+1', 'a "b"', 'c\nd, e', '+x@y.example', ''];
    expect(csv.read(csv.row(cells))[0]!.cells).toEqual(cells);
  });
});

describe('the lines of a list', () => {
  const first = (text: string, otherwise = '') => linesOf(text, otherwise)[0]!;
  it.each([
    ['English', 'Space;E-mail address;Message\nQuay;a@b.example;Hello'],
    ['Japanese', 'メールアドレス\tスペース名\tメッセージ\na@b.example\tQuay\tHello'],
    ['without headings', 'a@b.example,Quay,,Hello'],
  ])('%s', (_name, text) =>
    expect(first(text)).toEqual({
      n: 1,
      email: 'a@b.example',
      space: 'Quay',
      language: '',
      message: 'Hello',
    }),
  );
  it('a line without a space gets the one that is typed beside the list', () => {
    expect(first('email\na@b.example', 'Quay')).toMatchObject({ space: 'Quay' });
  });
  it('our own export: a line for each space of somebody', async () => {
    const space = await makeSpace(ava, { name: 'Export A' });
    const other = await makeSpace(ava, { name: 'Export B' });
    const gil = await makeGuest({ name: 'Exportee' });
    await joinSpace(ava, space, gil);
    await joinSpace(ava, other, gil);
    const text = await new Response(
      guests.exported(as(ava), filter({ search: 'Exportee' })).pipeThrough(new TextEncoderStream()),
    ).text();
    expect(
      linesOf(text, '')
        .map(({ email, space }) => [email, space])
        .toSorted(),
    ).toEqual([
      [gil.email, 'Export A'],
      [gil.email, 'Export B'],
    ]);
  });
  it('refuses nothing, too much, and what is not UTF-8', () => {
    expect(() => linesOf('', '')).toThrow('import.nothing');
    expect(() => linesOf('email\n', '')).toThrow('import.nothing');
    expect(() => linesOf('a@b.example\n'.repeat(2_001), '')).toThrow('import.too-many');
    expect(() => textOf(new Uint8Array(1_000_001))).toThrow('import.too-large');
    expect(() => textOf(new Uint8Array([0xff, 0xfe, 97, 0]))).toThrow('import.not-utf8');
  });
});

describe('an import', () => {
  it('says of each line what is wrong with it, and nothing is sent before', async () => {
    const [quay, bens] = [
      await makeSpace(ava, { name: 'Import Quay' }),
      await makeSpace(ben, { name: 'Import Pier' }),
    ];
    const shut = await makeSpace(ava, { name: 'Import Old' });
    await makeSpace(ava, { name: 'Import Twin' });
    const twin = await makeSpace(ava, { name: 'import  TWIN' });
    await archive.setForSite(as(ava), shut, true);
    const [one, two] = [someEmail(), someEmail()];
    const token = await read(
      [
        `${one},import quay,English,Hello`,
        `nobody,Import Quay`,
        `${one},${quay}`,
        `${two},Import Pier`,
        `${two},${bens}`,
        `${two},`,
        `${two},Import Old`,
        `${two},Import Twin`,
        `${two},/spaces/${twin}`,
        `${two},Import Quay,Klingon`,
      ].join('\n'),
    );
    const { faulty, ready, going } = await look(token);
    expect(faulty.map(({ n, fault }) => [n, fault.field, fault.key])).toEqual([
      [2, 'email', 'address.malformed'],
      [3, 'email', 'import.twice'],
      [4, 'space', 'import.unknown-space'],
      [5, 'space', 'import.unknown-space'],
      [6, 'space', 'import.no-space'],
      [7, 'space', 'import.archived'],
      [8, 'space', 'import.several-spaces'],
      [10, 'language', 'import.unknown-language'],
    ]);
    expect(ready.map(({ n }) => n)).toEqual([1, 9]);
    expect(going).toBe(false);
    expect(await count('invitation', 'email in (?, ?)', one, two)).toBe(0);
  });

  it('lines are mended or left out, then sent: with their own words, or the ready ones', async () => {
    await makeSpace(ava, { name: 'Mended Quay' });
    const [one, two, three] = [someEmail(), someEmail(), someEmail()];
    let token = await read(`${one},Mended Quay,ja,Hello from the list\n${two},Mendet Quay\n${three},?`);
    const [second, third] = (await look(token)).faulty;
    token = await lists.mend(as(ava), token, [
      { ...second!, space: 'Mended Quay', leave: false },
      { ...third!, leave: true },
    ]);
    expect(await look(token)).toMatchObject({ faulty: [], total: 2 });
    token = await sendAll(token);
    expect((await look(token)).outcomes.sent.map(({ email }) => email)).toEqual([one, two]);
    expect(await invitationOf(one)).toMatchObject({
      locale: 'ja',
      message: 'Hello from the list',
      invitedBy: ava.id,
    });
    expect((await invitationOf(two)).message).toContain('Ava');
    expect(await count('invitation', 'email = ?', three)).toBe(0);
  });

  it('a step that comes again, from whatever state of the list, sends nothing twice', async () => {
    await makeSpace(ava, { name: 'Twice Quay' });
    const one = someEmail();
    const token = await read(`${one},Twice Quay`);
    const first = await sendAll(token);
    const again = await sendAll(token);
    for (const state of [first, again]) expect((await look(state)).outcomes.sent).toHaveLength(1);
    expect(await mailsTo(one)).toHaveLength(1);
  });

  it('many are sent in steps of 500', async () => {
    await makeSpace(ava, { name: 'Large Quay' });
    const lines = Array.from({ length: 620 }, (_, i) => `many-${i}@large.example,Large Quay`);
    let token = await read(lines.join('\n'));
    token = await lists.send(as(ava), token);
    expect(await look(token)).toMatchObject({ going: true, outcomes: { sent: { length: 500 } } });
    token = await lists.send(as(ava), token);
    expect(await look(token)).toMatchObject({ going: false, ready: [], outcomes: { sent: { length: 620 } } });
  });

  it('who is there already, and whom the rule refuses, with the reason; those can be mended', async () => {
    const space = await makeSpace(ava, { name: 'Refusing Quay' });
    const [gil, off, cho] = [await makeGuest(), await makeGuest({ status: 'inactive' }), await makeUser()];
    await joinSpace(ava, space, gil);
    const token = await sendAll(
      await read([gil, off, cho].map(({ email }) => `${email},Refusing Quay`).join('\n')),
    );
    const { outcomes, faulty } = await look(token);
    expect(outcomes.active.map(({ email }) => email)).toEqual([gil.email]);
    expect(faulty.map(({ fault }) => fault.key)).toEqual(['invite.suspended', 'invite.is-user']);
    const other = someEmail();
    const last = await sendAll(
      await lists.mend(as(ava), token, [{ ...faulty[0]!, email: other, leave: false }]),
    );
    expect((await look(last)).outcomes.sent.map(({ email }) => email)).toEqual([other]);
  });

  it('is for administrators of the site, and a list for whoever brought it', async () => {
    const token = await read(`${someEmail()},x`);
    const amy = await makeAdministrator();
    expect(await lists.look(as(amy), token)).toBeNull();
    await expect(lists.send(as(amy), token)).rejects.toMatchObject(refusal('conflict', 'import.gone'));
    await expect(async () => read('a@b.example,x', '', ben)).rejects.toMatchObject(refusal('forbidden'));
    await expect(lists.look(as(ben), token)).rejects.toMatchObject(refusal('forbidden'));
  });

  it('whoever stops running a space invites nobody more', async () => {
    const dan = await makeAdministrator();
    const space = await makeSpace(dan, { name: 'Left Quay' }, [ben]);
    const email = someEmail();
    const token = await lists.read(as(dan), { csv: `${email},${space}`, file: null, space: '' });
    await memberships.setAdministrator(as(dan), space, ben.id, true);
    await memberships.setAdministrator(as(ben), space, dan.id, false);
    const after = await lists.send(as(dan), token);
    expect((await lists.look(as(dan), after))!.faulty).toMatchObject([
      { fault: { key: 'import.unknown-space' } },
    ]);
    expect(await count('invitation', 'email = ?', email)).toBe(0);
  });
});
