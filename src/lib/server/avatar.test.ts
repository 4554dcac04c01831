// Pictures of people: whoever sees somebody in a space sees their picture, and a replaced one is gone.
import { describe, expect, it } from 'vitest';
import { as, bindings, DAY, ORIGIN, testContext, type User } from '../../../tests/contexts';
import { account, makeAdministrator, makeGuest, makeSpace, makeUser, site } from '../../../tests/factories';
import { audited, refusal } from '../../../tests/helpers';
import { joinSpace } from '../../../tests/invitations';
import type { MessageKey } from '../messages';
import * as p from '../../../tests/pictures';
import * as accounts from './accounts';
import * as cron from './cron';
import * as files from './files';
import * as memberships from './memberships';
import * as completion from './mentions/completion';
import * as notifications from './notifications';
import * as search from './search';
import * as spaces from './spaces';
import * as threads from './threads';

await site({ setUp: true, siteName: 'Foyer' });

const given = (bytes: Uint8Array, name = 'me.jpg') => [new File([bytes as Uint8Array<ArrayBuffer>], name)];
const avatarOf = async (who: User) => (await account(who.email))!.avatar;
async function picture(who: User, bytes: Uint8Array = p.jpeg, small: File[] = []): Promise<string> {
  await accounts.setAvatar(as(who), given(bytes), small);
  return (await avatarOf(who))!;
}
const served = (who: User, id: string, query = '') =>
  files.serve(as(who), id, new Request(`${ORIGIN}/files/${id}${query}`));
const sees = (who: User, id: string) =>
  served(who, id).then(
    () => true,
    () => false,
  );
const keys = async () => (await bindings.FILES.list()).objects.map(({ key }) => key);

describe('somebody’s picture', () => {
  it('is seen by whoever shares a space with them and sees them there, and by administrators of the site', async () => {
    const [ava, ben] = [await makeUser(), await makeUser()];
    const [gil, kim, stranger] = [await makeGuest(), await makeGuest(), await makeGuest()];
    const boss = await makeAdministrator();
    const room = await makeSpace(ava, { guestsHidden: true });
    const open = await makeSpace(ava);
    for (const guest of [gil, kim]) await joinSpace(ava, room, guest);
    const [of, staff] = [await picture(gil), await picture(ava)];
    for (const [who, gils, avas] of [
      [gil, true, true],
      [ava, true, true],
      [kim, false, true],
      [ben, false, false],
      [stranger, false, false],
      [boss, true, true],
    ] as const)
      expect([await sees(who, of), await sees(who, staff)], who.email).toEqual([gils, avas]);
    // In another space they see each other, until one of them leaves it.
    for (const guest of [gil, kim]) await joinSpace(ava, open, guest);
    expect(await sees(kim, of)).toBe(true);
    await memberships.leave(as(kim), open);
    expect(await sees(kim, of)).toBe(false);
    await accounts.setActive(as(boss), gil.id, false);
    expect(await sees(ava, of)).toBe(false);
    await expect(served(kim, of)).rejects.toMatchObject(refusal('missing'));
  });

  it('is kept by the browser for ever, because another picture has another address', async () => {
    const ava = await makeUser();
    const small = given(p.png(96, 96), 'small.png');
    const first = await picture(ava, p.png(512, 512), small);
    const [whole, thumb] = [await served(ava, first), await served(ava, first, '?thumb')];
    for (const response of [whole, thumb])
      expect(response.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
    expect(Number(thumb.headers.get('content-length'))).toBeLessThan(
      Number(whole.headers.get('content-length')),
    );
    const second = await picture(ava);
    expect(second).not.toBe(first);
    // Without scripts there is no smaller one.
    expect((await served(ava, second, '?thumb')).status).toBe(200);
    expect(await sees(ava, first)).toBe(false);
  });

  it('is JPEG, PNG, WebP, AVIF or GIF by its bytes, whole, and not too large; what it tells is removed', async () => {
    const ava = await makeUser();
    for (const bytes of [p.jpegTelling(), p.pngTelling(), p.webpTelling(), p.gifTelling(), p.avif()]) {
      const id = await picture(ava, bytes);
      const stored = await new Response((await served(ava, id)).body).bytes();
      expect(new TextDecoder('latin1').decode(stored)).not.toContain(p.PLACE);
    }
    const before = await avatarOf(ava);
    const refused = (bytes: Uint8Array, key: MessageKey, kind: 'invalid' | 'too-large' = 'invalid') =>
      expect(accounts.setAvatar(as(ava), given(bytes), [])).rejects.toMatchObject(refusal(kind, key));
    await refused(p.text('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'avatar.kind');
    await refused(p.text('%PDF-1.7'), 'avatar.kind');
    await refused(p.png(4_097, 1), 'avatar.too-many-pixels');
    await refused(new Uint8Array(5 * 1024 * 1024 + 1), 'file.too-large', 'too-large');
    await refused(new Uint8Array(0), 'file.empty');
    await refused(p.jpeg.slice(0, 30), 'avatar.broken');
    await expect(accounts.setAvatar(as(ava), [], [])).rejects.toMatchObject(
      refusal('invalid', 'avatar.missing'),
    );
    expect(await avatarOf(ava)).toBe(before);
  });

  it('leaves R2 once it is replaced or removed, with the smaller one; the one in use stays', async () => {
    const ava = await makeUser();
    const known = new Set(await keys());
    const own = async () => (await keys()).filter((key) => !known.has(key));
    await picture(ava, p.png(64, 64), given(p.png(8, 8), 'small.png'));
    const first = await own();
    expect(first).toHaveLength(2);
    await picture(ava, p.png(32, 32), given(p.png(8, 8), 'small.png'));
    await cron.run(testContext({ now: Date.now() + 3 * DAY }));
    const second = await own();
    expect(second).toHaveLength(2);
    expect(second.filter((key) => first.includes(key))).toEqual([]);
    await accounts.removeAvatar(as(ava));
    // Again is no error, and no event.
    await accounts.removeAvatar(as(ava));
    expect(await avatarOf(ava)).toBeNull();
    await cron.run(testContext());
    expect(await own()).toEqual([]);
    const said = (await audited('account.changed')).filter(({ actor_id }) => actor_id === ava.id);
    expect(said.map(({ detail }) => detail)).toEqual([
      { picture: true },
      { picture: true },
      { picture: false },
    ]);
  });

  it('is nobody else’s to use', async () => {
    const [ava, ben] = [await makeUser(), await makeUser()];
    const id = await picture(ava);
    const ctx = as(ben);
    await expect(ctx.commit(files.useAvatar(ctx, id))).rejects.toThrow();
    expect(await sees(ava, id)).toBe(true);
  });

  it('stands wherever their name stands, until they leave: then their posts have initials', async () => {
    const ava = await makeUser({ name: 'Ava Lind' });
    const gil = await makeGuest({ name: 'Gil Ferreira' });
    const room = await makeSpace(ava);
    await joinSpace(ava, room, gil);
    const id = await picture(gil);
    const thread = await threads.begin(as(gil), room, {
      title: 'Crane',
      body: 'To @Ava Lind',
      requestKey: 'avatar:crane',
    });
    await threads.react(as(gil), room, thread, null, 'yes', true);
    const places = async () => {
      const me = as(ava);
      const { thread: post } = await threads.read(me, room, thread);
      return {
        space: (await spaces.overview(me, room)).people.map((one) => one.avatar),
        threads: (await spaces.overview(me, room)).threads.map((one) => one.avatar),
        portal: (await spaces.portal(me)).spaces.flatMap((one) => one.people.map((face) => face.avatar)),
        people: (await spaces.people(me, room)).groups.flatMap((g) => g.people.map((one) => one.avatar)),
        post: [post.avatar],
        reacted: (await threads.reacted(me, room, thread, null)).rows.map((one) => one.avatar),
        completion: (await completion.complete(me, room, 'gil')).map((one) => one.avatar),
        notifications: (await notifications.list(me, { show: 'all' })).items.map((one) => one.avatar),
        search: (await search.inSpace(me, room, 'crane')).hits.map((one) => one.avatar),
      };
    };
    for (const [place, avatars] of Object.entries(await places())) expect(avatars, place).toContain(id);
    expect((await spaces.card(as(ava), room, gil.id)).card.avatar).toBe(id);
    await memberships.removeGuest(as(ava), room, gil.id);
    for (const [place, avatars] of Object.entries(await places())) expect(avatars, place).not.toContain(id);
    expect(await sees(ava, id)).toBe(false);
  });
});
