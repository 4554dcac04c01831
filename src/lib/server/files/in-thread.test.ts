import { beforeAll, describe, expect, it } from 'vitest';
import { as, type User } from '../../../../tests/contexts';
import { makeGuest, makeSpace, makeUser } from '../../../../tests/factories';
import { refusal } from '../../../../tests/helpers';
import { joinSpace } from '../../../../tests/invitations';
import * as p from '../../../../tests/pictures';
import * as access from '../access';
import type { SignedIn } from '../context';
import { randomId } from '../crypto';
import * as threads from '../threads';
import type { Audience } from '../access';
import type { SpaceForm } from '../spaces';
import * as files from './index';

const NOW = Date.now();
const picture = (name: string) => new File([p.png(4, 4).slice()], name);
const attached = (names: string[]) =>
  names.map((name) => (name.endsWith('.png') ? picture(name) : new File(['x'], name)));

let ava: User, gil: User, mia: User;
beforeAll(async () => {
  ava = await makeUser({ name: 'Ava Lind' });
  gil = await makeGuest({ name: 'Gil Ferreira' });
  mia = await makeGuest({ name: 'Mia Ito' });
});

/** Pictures in a first text and in comments of everybody, with other files between them. */
async function furnished(form: Partial<SpaceForm> = {}) {
  const space = await makeSpace(ava, form);
  for (const guest of [gil, mia]) await joinSpace(ava, space, guest);
  let past = 100_000;
  const written = (who: User, names: string[], audience: Audience = null) => ({
    ctx: as(who, { now: NOW - (past -= 1_000) }),
    text: { body: 'x', files: attached(names), audience, requestKey: randomId() },
  });
  const begin = ({ ctx, text }: ReturnType<typeof written>) =>
    threads.begin(ctx, space, { title: 'Piles', ...text });
  const thread = await begin(written(ava, ['1.png', 'plan.txt', '2.png']));
  const say = ({ ctx, text }: ReturnType<typeof written>) => threads.addComment(ctx, space, thread, text);
  // Another thread's are between them in time.
  await begin(written(ava, ['other.png']));
  await say(written(gil, ['3.png', 'note.txt']));
  await say(written(ava, ['secret.png'], 'company'));
  const last = await say(written(mia, ['4.png', '5.png']));
  const all = (await files.browse(as(ava), space, { category: 'picture' })).files;
  const idOf = (name: string) => all.find((one) => one.name === name)!.id;
  const nameOf = (id: string | null) => all.find((one) => one.id === id)?.name ?? null;
  /** From the first that they see to the last, and back: both ways must agree. */
  const turned = async (who: User, ctx: SignedIn = as(who)) => {
    const look = async (name: string) => (await files.lookInThread(ctx, space, thread, idOf(name)))!;
    const names = ['1.png'];
    for (let at = await look('1.png'); at.next; at = await look(names.at(-1)!)) names.push(nameOf(at.next)!);
    for (const [i, name] of names.entries())
      expect(nameOf((await look(name)).previous)).toBe(names[i - 1] ?? null);
    return names;
  };
  return { space, thread, last, idOf, turned };
}

describe('a picture of a thread', () => {
  it('has those before and after it, in the order of the texts and of their files; nothing but pictures', async () => {
    const { space, thread, idOf, turned } = await furnished();
    expect(await turned(ava)).toEqual(['1.png', '2.png', '3.png', 'secret.png', '4.png', '5.png']);
    const shown = await files.lookInThread(as(ava), space, thread, idOf('3.png'));
    expect(shown).toMatchObject({
      name: '3.png',
      by: { name: gil.name, guest: true },
      thread: { id: thread },
    });
  });

  it('is shown over the page of its thread, and over no other', async () => {
    const { space, thread, idOf } = await furnished();
    const page = (name: string) =>
      threads.page(as(ava), space, thread, new URLSearchParams({ picture: idOf(name) }));
    expect(await page('5.png')).toMatchObject({ picture: { name: '5.png', next: null }, covered: true });
    expect(await page('other.png')).toMatchObject({ picture: null, covered: false });
    expect(await files.lookInThread(as(ava), space, thread, 'nothing')).toBeNull();
    await expect(
      files.lookInThread(as(await makeUser()), space, thread, idOf('1.png')),
    ).rejects.toMatchObject(refusal('missing'));
  });

  it('a new version has the place of the one before, which is shown no more', async () => {
    const { space, thread, idOf } = await furnished();
    const form = { files: [picture('newer.png')], requestKey: randomId() };
    const newer = await threads.replaceFile(as(ava), space, idOf('1.png'), form);
    expect(await files.lookInThread(as(ava), space, thread, idOf('1.png'))).toBeNull();
    expect(await files.lookInThread(as(ava), space, thread, newer)).toMatchObject({
      previous: null,
      next: idOf('2.png'),
    });
  });

  it('goes with its text', async () => {
    const { space, thread, last, idOf, turned } = await furnished();
    await threads.removeComment(as(mia), space, thread, last);
    expect(await turned(ava)).toEqual(['1.png', '2.png', '3.png', 'secret.png']);
    expect(await files.lookInThread(as(ava), space, thread, idOf('4.png'))).toBeNull();
  });

  it('neither it nor a neighbour is shown to guests who do not see it', async () => {
    const open = await furnished();
    expect(await open.turned(gil)).toEqual(['1.png', '2.png', '3.png', '4.png', '5.png']);
    const { idOf, space, thread, turned } = await furnished({ guestsHidden: true });
    expect(await turned(gil)).toEqual(['1.png', '2.png', '3.png']);
    expect(await turned(mia)).toEqual(['1.png', '2.png', '4.png', '5.png']);
    for (const [who, name] of [
      [gil, 'secret.png'],
      [gil, '4.png'],
      [mia, '3.png'],
    ] as const)
      expect(await files.lookInThread(as(who), space, thread, idOf(name)), name).toBeNull();
  });

  it('an administrator who views the space as a guest sees those of that guest', async () => {
    const { turned } = await furnished({ guestsHidden: true });
    expect(await turned(ava, access.asGuest(as(ava), mia.id))).toEqual(['1.png', '2.png', '4.png', '5.png']);
    expect(await turned(ava, access.asGuest(as(ava), access.ANYONE))).toEqual(['1.png', '2.png']);
  });
});
