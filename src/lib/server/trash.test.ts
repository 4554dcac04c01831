import { getTableName } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { as, bindings, DAY, testContext, type User } from '../../../tests/contexts';
import { makeAdministrator, makeGuest, makeSpace, makeUser, someEmail } from '../../../tests/factories';
import { invited, inviteForm, joinSpace, signUp } from '../../../tests/invitations';
import { audited, count, parallel, refusal } from '../../../tests/helpers';
import * as changes from './changes';
import { randomId } from './crypto';
import * as invitations from './invitations';
import * as outbox from './mail/outbox';
import * as paging from './paging';
import { space, spaceTables } from './schema';
import * as spaces from './spaces';
import * as threads from './threads';
import * as trash from './trash';

let ava: User, ben: User, gil: User, site: User;
beforeAll(async () => {
  [ava, ben, gil, site] = [await makeUser(), await makeUser(), await makeGuest(), await makeAdministrator()];
});

const listing = { search: '', after: '' };
async function house(name = 'Old Quay') {
  const spaceId = await makeSpace(ava, { name }, [ben]);
  await joinSpace(ava, spaceId, gil);
  const thread = await threads.begin(as(gil), spaceId, { title: 'T', body: '', requestKey: randomId() });
  return { spaceId, thread };
}

describe('deleting a space', () => {
  it('asks for its name, as typed by people', async () => {
    const { spaceId } = await house('Old  Quay');
    for (const typed of ['', 'old quay', 'Quay'])
      await expect(trash.putSpace(as(ava), spaceId, typed)).rejects.toMatchObject(
        refusal('invalid', 'trash.wrong-name'),
      );
    await trash.putSpace(as(ava), spaceId, ' Old Quay ');
  });

  it('is only for its administrators', async () => {
    const { spaceId } = await house();
    for (const person of [ben, gil])
      await expect(trash.putSpace(as(person), spaceId, 'Old Quay')).rejects.toMatchObject(
        refusal('forbidden'),
      );
    await expect(trash.putSpace(as(site), spaceId, 'Old Quay')).rejects.toMatchObject(refusal('missing'));
  });

  it('withdraws its mail that still waits, and no other', async () => {
    const { inviter, spaceId } = await invited();
    const mails: Record<string, string> = {};
    for (const id of [spaceId, await makeSpace(inviter)]) {
      const email = someEmail('late');
      await invitations.inviteGuests(as(inviter), id, { ...inviteForm, addresses: email });
      mails[id] = email;
    }
    await trash.putSpace(as(inviter), spaceId, 'Harbour Bridge');
    await outbox.sendDue(testContext());
    for (const [id, email] of Object.entries(mails)) {
      const status = Number(id) === spaceId ? 'dropped' : 'sent';
      expect(await count('mail', 'to_email = ? and status = ? and sealed is null', email, status)).toBe(1);
    }
  });

  it('makes it unreachable at once, also for open pages and open invitations', async () => {
    const { inviter, spaceId, token } = await invited();
    await trash.putSpace(as(inviter), spaceId, 'Harbour Bridge');
    await expect(spaces.overview(as(inviter), spaceId)).rejects.toMatchObject(refusal('missing'));
    await expect(changes.since(as(inviter), spaceId, '')).rejects.toMatchObject(refusal('missing'));
    expect((await spaces.portal(as(inviter))).spaces).toEqual([]);
    await signUp(token).catch(() => {});
    expect(await count('membership', 'space_id = ?', spaceId)).toBe(1);
  });

  it('happens once if done twice at the same time', async () => {
    const { spaceId } = await house();
    await parallel(5, () => trash.putSpace(as(ava), spaceId, 'Old Quay'));
    expect((await audited('space.deleted')).filter((e) => e.subject === `space:${spaceId}`)).toHaveLength(1);
  });
});

describe('the trash', () => {
  it('restores a space as it was, only for an administrator of the site', async () => {
    const { spaceId, thread } = await house();
    await trash.putSpace(as(ava), spaceId, 'Old Quay');
    await expect(trash.restore(as(ava), spaceId)).rejects.toMatchObject(refusal('forbidden'));
    const { trash: lying, rows } = await spaces.list(as(site), listing);
    expect(lying.find((s) => s.id === spaceId)).toMatchObject({ users: 2, guests: 1, deletedBy: ava.name });
    expect(rows.some((s) => s.id === spaceId)).toBe(false);
    await trash.restore(as(site), spaceId);
    expect((await threads.read(as(gil), spaceId, thread)).thread.title).toBe('T');
    // Twice is no error.
    await trash.restore(as(site), spaceId);
    expect(await audited('space.restored', `space:${spaceId}`)).toHaveLength(1);
  });

  it('keeps a space for 14 days, then deletes everything of it and nothing of others', async () => {
    const [gone, stays] = [await house(), await house()];
    const found = [gone.thread * 2];
    for (let i = 0; i < 3; i++) {
      const words = { body: 'x', requestKey: randomId() };
      found.push((await threads.addComment(as(ava), gone.spaceId, gone.thread, words)) * 2 + 1);
    }
    const indexed = (rows: number[]) => count('search_entry', `rowid in (${rows.join()})`);
    expect(await indexed(found)).toBe(4);
    await trash.putSpace(as(ava), gone.spaceId, 'Old Quay');
    await trash.purge(testContext({ now: Date.now() + 13 * DAY }));
    expect(await count('space', 'id = ?', gone.spaceId)).toBe(1);
    // Other tests' spaces are in the trash too, and each run takes one.
    for (let i = 0; i < 8; i++) await trash.purge(testContext({ now: Date.now() + 15 * DAY }));
    expect(await count('space', 'id = ?', gone.spaceId)).toBe(0);
    for (const table of spaceTables) {
      if (table === space) continue;
      const name = getTableName(table);
      expect(await count(name, 'space_id = ?', gone.spaceId), name).toBe(0);
    }
    expect(await count('comment', 'thread_id = ?', gone.thread)).toBe(0);
    expect(await indexed(found)).toBe(0);
    expect(await indexed([stays.thread * 2])).toBe(1);
    expect(await count('thread', 'id = ?', stays.thread)).toBe(1);
    expect(await audited('space.purged')).not.toHaveLength(0);
  });

  it('is emptied in limited pieces, one for each run', async () => {
    for (let i = 0; i < 12; i++) await trash.purge(testContext({ now: Date.now() + 30 * DAY }));
    const { spaceId } = await house();
    await bindings.DB.prepare(
      `insert into space_event (space_id, kind, actor_id, at)
       with recursive n(i) as (select 1 union all select i + 1 from n where i < 12000) select ?, 'x', 'x', i from n`,
    )
      .bind(spaceId)
      .run();
    await trash.putSpace(as(ava), spaceId, 'Old Quay');
    await trash.purge(testContext({ now: Date.now() + 15 * DAY }));
    const left = await count('space_event', 'space_id = ?', spaceId);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(4_000);
    await trash.purge(testContext({ now: Date.now() + 15 * DAY }));
    expect(await count('space', 'id = ?', spaceId)).toBe(0);
  });

  it('restores nothing that is being deleted, and deletes nothing that was restored', async () => {
    const { spaceId, thread } = await house();
    for (let i = 0; i < 3; i++)
      await threads.addComment(as(ava), spaceId, thread, { body: 'x', requestKey: randomId() });
    await trash.putSpace(as(ava, { now: Date.now() - 15 * DAY }), spaceId, 'Old Quay');
    await expect(trash.restore(as(site), spaceId)).rejects.toMatchObject(refusal('conflict', 'trash.gone'));
    // Purging runs a day ahead of restoring: they must not both win.
    const other = await house();
    const ctx = testContext({ now: Date.now() + 15 * DAY });
    await trash.putSpace(as(ava), other.spaceId, 'Old Quay');
    const { commit } = ctx;
    ctx.commit = async (statements, options) => {
      await trash.restore(as(site), other.spaceId).catch(() => {});
      return commit(statements, options);
    };
    for (let i = 0; i < 10; i++) await trash.purge(ctx).catch(() => {});
    expect((await threads.read(as(ava), other.spaceId, other.thread)).thread.title).toBe('T');
  });

  it('lists spaces by name, page by page, and finds them', async () => {
    await makeSpace(ava, { name: 'Zebra crossing' });
    const { rows } = await spaces.list(as(site), { search: 'zebra', after: '' });
    expect(rows.map((s) => s.name)).toEqual(['Zebra crossing']);
    expect(
      (await spaces.list(as(site), { search: '', after: paging.write(['Zebra crossing', rows[0]!.id]) }))
        .rows,
    ).toEqual([]);
    await expect(spaces.list(as(ava), listing)).rejects.toMatchObject(refusal('forbidden'));
  });
});
