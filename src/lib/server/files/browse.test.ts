import { describe, expect, it } from 'vitest';
import { as, testContext, type User } from '../../../../tests/contexts';
import { makeGuest, makeSpace, makeUser } from '../../../../tests/factories';
import { refusal } from '../../../../tests/helpers';
import { joinSpace } from '../../../../tests/invitations';
import * as p from '../../../../tests/pictures';
import { randomId } from '../crypto';
import * as folded from '../folded';
import * as threads from '../threads';
import * as files from './index';

const NOW = Date.now();

async function setUp() {
  const [ava, gil] = [await makeUser({ name: 'Ava Lind' }), await makeGuest({ name: 'Gil Óscar' })];
  const space = await makeSpace(ava);
  await joinSpace(ava, space, gil);
  const thread = await threads.begin(as(ava), space, { title: 'Piles', body: '', requestKey: randomId() });
  let past = 100_000;
  const say = (who: User, name: string, bytes: Uint8Array = p.text('x')) =>
    threads.addComment(as(who, { now: NOW - (past -= 1_000) }), space, thread, {
      body: 'x',
      files: [new File([bytes.slice()], name)],
      requestKey: randomId(),
    });
  const list = async (filter: files.Filter = {}, who = ava) =>
    (await files.browse(as(who), space, filter)).files.map(({ name }) => name);
  return { ava, gil, space, thread, say, list };
}

describe('the files of a space', () => {
  it('are listed newest first, with who attached them, when, and in which text', async () => {
    const { ava, gil, space, thread, say } = await setUp();
    await say(ava, 'old.txt');
    const comment = await say(gil, 'new.png', p.png(4, 4));
    await files.upload(as(ava), space, { kind: 'attachment', name: 'unused', body: p.text('x'), size: 1 });
    const page = await files.browse(as(ava), space);
    expect(page.files.map(({ name }) => name)).toEqual(['new.png', 'old.txt']);
    expect(page.files[0]).toMatchObject({
      category: 'picture',
      by: { id: gil.id, name: gil.name, guest: true },
      thread: { id: thread, title: 'Piles' },
      commentId: comment,
      forCompany: false,
    });
    expect(page).toMatchObject({ next: null, filtered: false });
  });

  it('leave the list with their text', async () => {
    const { ava, space, thread, say, list } = await setUp();
    await threads.removeComment(as(ava), space, thread, await say(ava, 'x.txt'));
    expect(await list()).toEqual([]);
  });

  it('by kind: the bytes decide what is a picture or a PDF, the name what is a document', async () => {
    const { ava, say, list } = await setUp();
    await say(ava, 'a.txt', p.png(4, 4));
    await say(ava, 'b.bin', p.text('%PDF-1.7'));
    await say(ava, 'c.DOCX');
    await say(ava, 'd.zip');
    await say(ava, 'e.png');
    expect(await list({ category: 'picture' })).toEqual(['a.txt']);
    expect(await list({ category: 'pdf' })).toEqual(['b.bin']);
    expect(await list({ category: 'document' })).toEqual(['c.DOCX']);
    expect(await list({ category: 'other' })).toEqual(['e.png', 'd.zip']);
    expect(await list({ category: 'nonsense' })).toHaveLength(5);
  });

  it('by person, by words of the name, and by the name of a person, as search compares words', async () => {
    const { ava, gil, say, list } = await setUp();
    await say(ava, 'Straße plan.txt');
    await say(gil, 'Crane.txt');
    expect(await list({ by: gil.id })).toEqual(['Crane.txt']);
    expect(await list({ by: 'nonsense' })).toHaveLength(2);
    expect(await list({ find: 'PLAN strasse' })).toEqual(['Straße plan.txt']);
    expect(await list({ find: 'oscar' })).toEqual(['Crane.txt']);
    expect(await list({ find: 'crane', by: ava.id })).toEqual([]);
  });

  it('by name or size, also those whose names are not folded yet', async () => {
    const { ava, say, list } = await setUp();
    await say(ava, 'éa.txt', p.text('123'));
    await say(ava, 'Eb.txt', p.text('1'));
    await say(ava, 'a.txt', p.text('12'));
    expect(await list({ order: 'name' })).toEqual(['a.txt', 'éa.txt', 'Eb.txt']);
    expect(await list({ order: 'size' })).toEqual(['éa.txt', 'a.txt', 'Eb.txt']);
    const ctx = testContext();
    await ctx.db.run(`update file set folded = ''`);
    expect(await list({ order: 'name' })).toHaveLength(3);
    await folded.foldDue(ctx);
    expect(await list({ order: 'name' })).toEqual(['a.txt', 'éa.txt', 'Eb.txt']);
  });

  it('are nobody’s who is not in the space', async () => {
    const { space } = await setUp();
    await expect(files.browse(as(await makeUser()), space)).rejects.toMatchObject(refusal('missing'));
  });
});

describe('a picture of the list', () => {
  it('has the pictures before and after it, in the order and filter of the list', async () => {
    const { ava, gil, space, say, list } = await setUp();
    for (const [who, name] of [
      [ava, 'b.png'],
      [gil, 'c.png'],
      [ava, 'a.png'],
    ] as const) {
      await say(who, name, p.png(4, 4));
      await say(who, 'x.txt');
    }
    const { files: all } = await files.browse(as(ava), space);
    const idOf = (name: string) => all.find((one) => one.name === name)!.id;
    const around = async (name: string, filter: files.Filter = {}) => {
      const { previous, next } = (await files.look(as(ava), space, idOf(name), filter))!;
      return [previous, next].map((id) => all.find((one) => one.id === id)?.name ?? null);
    };
    expect(await list({ category: 'picture' })).toEqual(['a.png', 'c.png', 'b.png']);
    expect(await around('c.png')).toEqual(['a.png', 'b.png']);
    expect(await around('a.png')).toEqual([null, 'c.png']);
    expect(await around('b.png', { order: 'name' })).toEqual(['a.png', 'c.png']);
    expect(await around('a.png', { by: ava.id })).toEqual([null, 'b.png']);
    expect(await files.look(as(ava), space, idOf('x.txt'))).toBeNull();
    expect(await files.look(as(ava), space, 'nothing')).toBeNull();
  });

  it('is not shown, nor a neighbour, to guests who do not see it', async () => {
    const { ava, gil, space, say } = await setUp();
    await say(gil, 'mine.png', p.png(4, 4));
    await threads.begin(as(ava), space, {
      ...{ title: 'x', body: '', audience: 'company' },
      files: [new File([p.png(4, 4).slice()], 'secret.png')],
      requestKey: randomId(),
    });
    const { files: all } = await files.browse(as(ava), space);
    const [secret, mine] = all.map(({ id }) => id);
    expect(await files.look(as(ava), space, mine!)).toMatchObject({ previous: secret, next: null });
    expect(await files.look(as(gil), space, mine!)).toMatchObject({ previous: null, next: null });
    expect(await files.look(as(gil), space, secret!)).toBeNull();
    await expect(files.look(as(await makeUser()), space, mine!)).rejects.toMatchObject(refusal('missing'));
  });
});
