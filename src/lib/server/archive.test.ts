import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { as, DAY, testContext, type User } from '../../../tests/contexts';
import { makeAdministrator, makeGuest, makeSpace, makeUser, someEmail } from '../../../tests/factories';
import { MB, streamed } from '../../../tests/files';
import { audited, parallel, refusal } from '../../../tests/helpers';
import { invited, invite, joinSpace, signUp } from '../../../tests/invitations';
import { verify } from '../../../tests/logins';
import { codeTo, mailsTo } from '../../../tests/mailbox';
import { jpeg } from '../../../tests/pictures';
import { PART_SIZE } from '../files';
import * as archive from './archive';
import * as changes from './changes';
import * as cron from './cron';
import { randomId } from './crypto';
import * as files from './files';
import * as invitations from './invitations';
import * as memberships from './memberships';
import { comment, space } from './schema';
import * as search from './search';
import * as spaces from './spaces';
import * as threads from './threads';

let ava: User, ben: User, gil: User, site: User;
beforeAll(async () => {
  [ava, ben, gil, site] = [await makeUser(), await makeUser(), await makeGuest(), await makeAdministrator()];
});

const ARCHIVED = refusal('conflict', 'archive.refused');
const text = (body = 'Thursday') => ({ body, requestKey: randomId() });

async function house(name = 'Old Quay') {
  const spaceId = await makeSpace(ava, { name }, [ben]);
  await joinSpace(ava, spaceId, gil);
  const thread = await threads.begin(as(gil), spaceId, { title: 'Piles', ...text() });
  const comment = await threads.addComment(as(ben), spaceId, thread, text());
  return { spaceId, thread, comment };
}

/** What a person may do, as their pages offer it. */
async function offered(who: User, { spaceId, thread }: { spaceId: number; thread: number }) {
  const [page, room] = [
    await threads.read(as(who), spaceId, thread),
    await spaces.overview(as(who), spaceId),
  ];
  return [room.may, page.may, page.thread.may, ...page.comments.map(({ may }) => may)];
}

describe('archiving a space', () => {
  it('is for its administrators', async () => {
    const { spaceId } = await house();
    for (const person of [ben, gil])
      for (const on of [true, false])
        await expect(archive.set(as(person), spaceId, on)).rejects.toMatchObject(refusal('forbidden'));
    await expect(archive.set(as(site), spaceId, true)).rejects.toMatchObject(refusal('missing'));
    await archive.set(as(ava), spaceId, true);
    for (const person of [ava, ben, gil])
      expect((await spaces.overview(as(person), spaceId)).archived).toMatchObject({ by: ava.name });
  });

  it('is also for the administrators of the site, from outside', async () => {
    const { spaceId } = await house();
    await expect(archive.setForSite(as(ava), spaceId, true)).rejects.toMatchObject(refusal('forbidden'));
    await archive.setForSite(as(site), spaceId, true);
    await archive.setForSite(as(site), spaceId, true);
    const listed = async () =>
      (await spaces.list(as(site), { search: '', after: '' })).rows.find(({ id }) => id === spaceId);
    expect((await listed())!.archivedAt).not.toBeNull();
    // Guests know by name only people of their space.
    const by = async (who: User) => (await spaces.overview(as(who), spaceId)).archived!.by;
    expect([await by(ben), await by(gil)]).toEqual([site.name, null]);
    await archive.setForSite(as(site), spaceId, false);
    expect((await listed())!.archivedAt).toBeNull();
    await expect(archive.setForSite(as(site), 999_999, true)).rejects.toMatchObject(refusal('missing'));
  });

  it('twice is no error, and is recorded once', async () => {
    const { spaceId } = await house();
    const { refused } = await parallel(20, () => archive.set(as(ava), spaceId, true));
    expect(refused).toEqual([]);
    await archive.set(as(ava), spaceId, false);
    await archive.set(as(ava), spaceId, false);
    expect(await audited('space.archived', `space:${spaceId}`)).toHaveLength(1);
    expect(await audited('space.unarchived', `space:${spaceId}`)).toHaveLength(1);
  });

  it('is heard by everybody who has the space open', async () => {
    const { spaceId } = await house();
    for (const on of [true, false]) {
      const { seq } = await spaces.overview(as(gil), spaceId);
      await archive.set(as(ava), spaceId, on);
      expect((await changes.since(as(gil), spaceId, seq))?.changes).toMatchObject([{ kind: 'space' }]);
    }
  });

  it('offers nothing any more that writes, and afterwards all of it again', async () => {
    const at = await house();
    const before = await Promise.all([ava, ben, gil].map((who) => offered(who, at)));
    await archive.set(as(ava), at.spaceId, true);
    for (const who of [ava, ben, gil]) {
      const [room, ...rest] = await offered(who, at);
      expect(room).toEqual({ administer: who === ava, change: false, write: false, leave: true });
      const left = rest.flatMap((may) => Object.entries(may).filter(([, allowed]) => allowed));
      expect([...new Set(left.map(([name]) => name))].sort()).toEqual(
        who === gil ? ['follow'] : ['confide', 'follow'],
      );
    }
    await archive.set(as(ava), at.spaceId, false);
    expect(await Promise.all([ava, ben, gil].map((who) => offered(who, at)))).toEqual(before);
    await threads.addComment(as(gil), at.spaceId, at.thread, text());
  });

  it('lets everybody read, search, follow, mute and leave', async () => {
    const { spaceId, thread } = await house();
    const guest = await makeGuest();
    await joinSpace(ava, spaceId, guest);
    await archive.set(as(ava), spaceId, true);
    expect((await search.inSpace(as(guest), spaceId, 'Piles')).hits).toHaveLength(1);
    await threads.markRead(as(guest), spaceId, thread, Date.now());
    await threads.follow(as(guest), spaceId, thread, false);
    await memberships.markRead(as(guest), spaceId, Date.now());
    await memberships.mute(as(guest), spaceId, true);
    await memberships.leave(as(guest), spaceId);
    await expect(spaces.overview(as(guest), spaceId)).rejects.toMatchObject(refusal('missing'));
  });

  it('takes the space out of the way: below the others, without what is unread', async () => {
    const who = await makeUser();
    const ids: number[] = [];
    for (let i = 0; i < 32; i++) ids.push(await makeSpace(who, { name: `Pier ${i}` }));
    for (const [i, id] of ids.slice(0, 31).entries())
      await archive.set(as(who, { now: Date.now() + i }), id, true);
    const first = await spaces.portal(as(who));
    expect(first.spaces.map(({ id }) => id)).toEqual([ids[31]]);
    expect(first.archived.map(({ id }) => id)).toEqual(ids.slice(1, 31).reverse());
    const second = await spaces.portal(as(who), null, first.archivedNext);
    expect(second.archived.map(({ id }) => id)).toEqual([ids[0]]);
    expect(second.archivedNext).toBeNull();
    await archive.set(as(who), ids[0]!, false);
    expect((await spaces.portal(as(who))).spaces.map(({ id }) => id).sort()).toEqual(
      [ids[0], ids[31]].sort(),
    );
  });

  it('at the same time as twenty posts: what was refused is not there, and nothing came afterwards', async () => {
    const { spaceId, thread } = await house();
    const { done, refused } = await parallel(21, (i) =>
      i === 10
        ? archive.set(as(ava), spaceId, true).then(() => null)
        : threads.addComment(as(i % 2 ? ben : gil), spaceId, thread, text(`Ship ${i}`)),
    );
    for (const error of refused) expect(error).toMatchObject(ARCHIVED);
    const written = done.filter((id) => id !== null).sort();
    const [, ...stored] = await testContext()
      .db.select({ id: comment.id })
      .from(comment)
      .where(eq(comment.threadId, thread))
      .orderBy(comment.id);
    expect(stored.map(({ id }) => id)).toEqual(written);
    const { results } = await testContext().db.run(
      `select kind from space_event where space_id = ${spaceId} order by seq desc limit 1`,
    );
    expect(results).toEqual([{ kind: 'space' }]);
  });
});

describe('an invitation to an archived space', () => {
  const stateOf = async (token: string, who?: User) =>
    (await invitations.stateOf(who ? as(who) : testContext(), token)).state;

  it('lets nobody in, says so, and works again afterwards', async () => {
    const story = await invited();
    await archive.set(as(story.inviter), story.spaceId, true);
    expect(await stateOf(story.token)).toBe('archived');
    expect((await signUp(story.token)).to).toBeNull();
    await archive.set(as(story.inviter), story.spaceId, false);
    expect((await signUp(story.token)).to).toBe(`/spaces/${story.spaceId}`);
  });

  it('lets nobody in who has an account already', async () => {
    const guest = await makeGuest();
    const story = await invited({ email: guest.email });
    await archive.set(as(story.inviter), story.spaceId, true);
    expect(await stateOf(story.token, guest)).toBe('archived');
    expect(await invitations.join(as(guest), story.token)).toBeNull();
    await archive.set(as(story.inviter), story.spaceId, false);
    expect(await invitations.join(as(guest), story.token)).toBe(`/spaces/${story.spaceId}`);
  });

  it('lets nobody in who is typing the code meanwhile, and takes the code afterwards', async () => {
    const story = await invited();
    const url = await invitations.copyLink(as(story.inviter), story.spaceId, story.id);
    const { ctx } = await signUp(url.split('/').pop()!);
    const code = await codeTo(story.email);
    await archive.set(as(story.inviter), story.spaceId, true);
    await expect(verify(ctx.jar, code)).rejects.toMatchObject(ARCHIVED);
    await archive.set(as(story.inviter), story.spaceId, false);
    expect(await verify(ctx.jar, code)).toBe(`/spaces/${story.spaceId}`);
  });

  it('at the same time as archiving: whoever is in joined before it', async () => {
    const story = await invited();
    const guests = await Promise.all(Array.from({ length: 8 }, () => makeGuest()));
    await invite(story.inviter, story.spaceId, guests.map(({ email }) => email).join('\n'));
    const tokens = await Promise.all(
      guests.map(async ({ email }) => {
        const [row] = await testContext().db.all<{ id: string; version: number }>(
          `select id, version from invitation where email = '${email}'`,
        );
        return invitations.mailToken(testContext(), row!);
      }),
    );
    const { refused, done } = await parallel(9, (i) =>
      i === 4
        ? archive.set(as(story.inviter), story.spaceId, true).then(() => null)
        : invitations.join(as(guests[i > 4 ? i - 1 : i]!), tokens[i > 4 ? i - 1 : i]!),
    );
    for (const error of refused) expect(error).toMatchObject(ARCHIVED);
    const [row] = await testContext().db.select().from(space).where(eq(space.id, story.spaceId));
    expect(row!.guestCount).toBe(done.filter((to) => to !== null).length);
  });

  it('is neither sent, sent again nor copied, and can be cancelled', async () => {
    const story = await invited();
    const { inviter, spaceId, id } = story;
    await archive.set(as(inviter), spaceId, true);
    await expect(invite(inviter, spaceId, someEmail())).rejects.toMatchObject(ARCHIVED);
    await expect(invitations.resend(as(inviter), spaceId, id)).rejects.toMatchObject(ARCHIVED);
    await expect(invitations.copyLink(as(inviter), spaceId, id)).rejects.toMatchObject(ARCHIVED);
    expect((await invitations.guestsTab(as(inviter), spaceId)).rows).toMatchObject([{ status: 'invited' }]);
    await invitations.cancel(as(inviter), spaceId, id);
    expect(await stateOf(story.token)).toBe('cancelled');
  });

  it('expires as any other', async () => {
    const story = await invited();
    await archive.set(as(story.inviter), story.spaceId, true);
    await cron.run(testContext({ now: Date.now() + 8 * DAY }));
    expect(await stateOf(story.token)).toBe('expired');
  });

  it('that has expired asks nobody for a new link, who could not send one', async () => {
    const story = await invited();
    const later = { now: Date.now() + 8 * DAY };
    const asked = async () => {
      const ctx = testContext(later);
      await invitations.askAgain(ctx, story.token);
      await ctx.settle();
      return (await mailsTo(story.inviter.email)).length;
    };
    await archive.set(as(story.inviter), story.spaceId, true);
    expect(await invitations.stateOf(testContext(later), story.token)).toMatchObject({
      ...{ state: 'expired', renewedBy: 'nobody', asked: false },
    });
    expect(await asked()).toBe(0);
    await archive.set(as(story.inviter), story.spaceId, false);
    expect(await asked()).toBe(1);
  });
});

describe('a picture of an unused upload', () => {
  it('gets no small copy while the space is archived', async () => {
    const { spaceId } = await house();
    const { id } = await files.upload(as(ben), spaceId, {
      ...{ kind: 'attachment', name: 'quay.jpg', body: streamed(jpeg), size: jpeg.length },
    });
    await archive.set(as(ava), spaceId, true);
    const small = () => files.thumbnail(as(ben), id, { body: jpeg, size: jpeg.length });
    await expect(small()).rejects.toMatchObject(ARCHIVED);
    await archive.set(as(ava), spaceId, false);
    await small();
  });
});

describe('a file that arrives in parts', () => {
  it('neither goes on nor becomes whole while the space is archived, and does so afterwards', async () => {
    const { spaceId } = await house();
    const size = 2 * PART_SIZE + 5 * MB;
    const { id } = await files.beginUpload(as(ben), spaceId, {
      name: 'Flight.mp4',
      size,
      fingerprint: randomId(),
    });
    const put = (number: number) => {
      const bytes = new Uint8Array(number < 3 ? PART_SIZE : 5 * MB).fill(number);
      return files.uploadPart(as(ben), id, number, { body: streamed(bytes), size: bytes.length });
    };
    for (const number of [1, 2]) await put(number);
    await archive.set(as(ava), spaceId, true);
    await expect(put(3)).rejects.toMatchObject(ARCHIVED);
    await archive.set(as(ava), spaceId, false);
    await put(3);
    await archive.set(as(ava), spaceId, true);
    await expect(files.completeUpload(as(ben), id)).rejects.toMatchObject(ARCHIVED);
    await archive.set(as(ava), spaceId, false);
    expect(await files.completeUpload(as(ben), id)).toMatchObject({ id, size });
  });
});
