// Acting on many guests and invitations: to whom it applies, what came of each, in steps that can be repeated.
import { beforeAll, describe, expect, it } from 'vitest';
import { as, bindings, DAY, meanwhile, testContext, type User } from '../../../../../tests/contexts';
import {
  makeAdministrator,
  makeGuest,
  makeSpace,
  makeUser,
  site,
  someEmail,
} from '../../../../../tests/factories';
import { filter } from '../../../../../tests/guests';
import { audited, count, countingD1, parallel, refusal } from '../../../../../tests/helpers';
import { invitationOf, invite, joinSpace } from '../../../../../tests/invitations';
import { mailsTo } from '../../../../../tests/mailbox';
import * as accounts from '../../accounts';
import { randomId } from '../../crypto';
import * as invitations from '../../invitations';
import * as guests from '..';
import type { Many } from '../../../many';

const { many } = guests;

let ava: User, ben: User;
beforeAll(async () => {
  await site({ setUp: true, siteName: 'Foyer' });
  [ava, ben] = [await makeAdministrator({ name: 'Ava' }), await makeUser({ name: 'Ben' })];
});

const refs = (...people: { id: string }[]) => ({ refs: people.map(({ id }) => `guest:${id}`) });
const invited = (...ids: string[]) => ({ refs: ids.map((id) => `invitation:${id}`) });

/** Begins a run and works it to its end. */
async function run(action: Many, selection: Parameters<typeof many.begin>[2], who = ava) {
  const id = await many.begin(as(who), action, selection, randomId());
  for (let n = 0; n < 30 && (await many.look(as(who), id)).left > 0; n++) {
    const ctx = as(who);
    await many.step(ctx, id);
    await ctx.settle();
  }
  return many.look(as(who), id);
}
const statusOf = async ({ id }: { id: string }) =>
  (await bindings.DB.prepare('select status from user where id = ?').bind(id).first<{ status: string }>())!
    .status;

async function waiting(inviter: User, spaceId: number) {
  const email = someEmail('many');
  await invite(inviter, spaceId, email);
  return { email, id: (await invitationOf(email, spaceId)).id };
}

describe('an action on many', () => {
  it('says beforehand how many of which kind it applies to, and how many stay', async () => {
    const space = await makeSpace(ava);
    const [one, two, off] = [await makeGuest(), await makeGuest(), await makeGuest({ status: 'inactive' })];
    await joinSpace(ava, space, two);
    const { id } = await waiting(ava, space);
    const selection = { refs: [...refs(one, two, off).refs, `invitation:${id}`] };
    expect(await many.beforehand(as(ava), 'deactivate', selection)).toEqual({
      counts: { active: 2 },
      total: 2,
      others: 2,
    });
    expect(await many.beforehand(as(ava), 'reactivate', selection)).toMatchObject({
      counts: { inactive: 1 },
    });
    expect(await many.beforehand(as(ava), 'cancel', selection)).toMatchObject({ counts: { invited: 1 } });
    // Only who is in a space is removed from it.
    expect(await many.beforehand(as(ava), 'remove', selection)).toMatchObject({
      counts: { active: 1 },
      others: 3,
    });
  });

  it('deactivates those to whom it applies, each in the audit, and lists what came of each', async () => {
    const [one, two, off] = [await makeGuest(), await makeGuest(), await makeGuest({ status: 'inactive' })];
    const worked = await run('deactivate', refs(one, two, off));
    expect(worked).toMatchObject({
      total: 2,
      left: 0,
      counts: { done: 2, already: 0, refused: 0, changed: 0 },
    });
    expect(worked.rows.map(({ email }) => email).toSorted()).toEqual([one.email, two.email].toSorted());
    expect([await statusOf(one), await statusOf(two)]).toEqual(['inactive', 'inactive']);
    expect(await audited('account.deactivated', one.id)).toMatchObject([{ actor_id: ava.id }]);
    expect(await run('reactivate', refs(one, two))).toMatchObject({ counts: { done: 2 } });
    expect(await statusOf(one)).toBe('active');
  });

  it('what was so already in the meantime is nothing to do; who became a user or has gone has changed', async () => {
    const [one, two, three] = [await makeGuest(), await makeGuest(), await makeGuest()];
    const id = await many.begin(as(ava), 'deactivate', refs(one, two, three), randomId());
    await accounts.setActive(as(ava), one.id, false);
    await bindings.DB.prepare(`update user set kind = 'user' where id = ?`).bind(two.id).run();
    await accounts.eraseGuest(as(ava), three.id);
    await many.step(as(ava), id);
    expect(await many.look(as(ava), id)).toMatchObject({
      left: 0,
      counts: { already: 1, changed: 2, done: 0 },
    });
    expect(await statusOf(two)).toBe('active');
  });

  it('what changes while it is worked on is an outcome, too, and no error', async () => {
    const one = await makeGuest();
    const id = await many.begin(as(ava), 'deactivate', refs(one), randomId());
    const ctx = as(ava);
    meanwhile(ctx, () => accounts.setActive(as(ava), one.id, false));
    await many.step(ctx, id);
    for (let n = 0; n < 3 && (await many.look(as(ava), id)).left > 0; n++) await many.step(as(ava), id);
    const { counts } = await many.look(as(ava), id);
    expect(counts.done + counts.already).toBe(1);
  });

  it('resends in spaces that the actor runs, once however often a step comes; others are refused and say why', async () => {
    const [mine, bens] = [await makeSpace(ava), await makeSpace(ben)];
    const [own, other] = [await waiting(ava, mine), await waiting(ben, bens)];
    const worked = await run('resend', invited(own.id, other.id));
    expect(worked).toMatchObject({ counts: { done: 1, refused: 1 }, outcome: 'refused' });
    expect(worked.rows).toMatchObject([{ email: other.email, reason: 'many.not-your-space' }]);
    expect(await mailsTo(own.email)).toHaveLength(2);
    expect(await mailsTo(other.email)).toHaveLength(1);
    // The answer was lost, and the rows are taken again.
    await bindings.DB.prepare('update guest_run_row set outcome = null, claimed_at = null where run_id = ?')
      .bind(worked.id)
      .run();
    const ctx = as(ava);
    await many.step(ctx, worked.id);
    await ctx.settle();
    expect(await mailsTo(own.email)).toHaveLength(2);
  });

  it('cancels invitations in every space, also declined ones, and one that was accepted meanwhile has changed', async () => {
    const space = await makeSpace(ben);
    const [one, two, late] = [
      await waiting(ben, space),
      await waiting(ben, space),
      await waiting(ben, space),
    ];
    await bindings.DB.prepare(`update invitation set status = 'declined' where id = ?`).bind(two.id).run();
    const id = await many.begin(as(ava), 'cancel', invited(one.id, two.id, late.id), randomId());
    await bindings.DB.prepare(`update invitation set status = 'accepted' where id = ?`).bind(late.id).run();
    await many.step(as(ava), id);
    expect(await many.look(as(ava), id)).toMatchObject({ counts: { done: 2, changed: 1 } });
    expect((await invitationOf(one.email)).status).toBe('cancelled');
    expect(await audited('invitation.cancelled', one.id)).toMatchObject([
      { actor_id: ava.id, space_id: space },
    ]);
    const state = await invitations.stateOf(
      testContext(),
      invitations.mailToken(testContext(), await invitationOf(one.email)),
    );
    expect(state.state).toBe('cancelled');
  });

  it('removes from all spaces, also somebody who is in very many, and tells them', async () => {
    const gil = await makeGuest();
    for (let n = 0; n < 27; n++) await joinSpace(ben, await makeSpace(ben), gil);
    const id = await many.begin(as(ava), 'remove', refs(gil), randomId());
    await many.step(as(ava), id);
    expect(await many.look(as(ava), id)).toMatchObject({ left: 1 });
    await many.step(as(ava), id);
    expect(await many.look(as(ava), id)).toMatchObject({ left: 0, counts: { done: 1 } });
    expect(await count('membership', 'user_id = ?', gil.id)).toBe(0);
    expect(await statusOf(gil)).toBe('active');
  });

  it('does what the list shows with its filter, and refuses more than it can name', async () => {
    const space = await makeSpace(ava, { name: 'Bulk Quay' });
    const people = [await makeGuest(), await makeGuest(), await makeGuest()];
    for (const guest of people) await joinSpace(ava, space, guest);
    await waiting(ava, space);
    const all = { filter: filter({ space: 'Bulk Quay' }) };
    expect(await many.beforehand(as(ava), null, all)).toMatchObject({ total: 4 });
    for (const order of guests.ORDERS)
      expect(
        await many.beforehand(as(ava), 'deactivate', { filter: filter({ space: 'Bulk Quay', order }) }),
      ).toEqual({
        counts: { active: 3 },
        total: 3,
        others: 1,
      });
    expect(await run('deactivate', all)).toMatchObject({ total: 3, counts: { done: 3 } });
  });

  it('those refused are selected again', async () => {
    const space = await makeSpace(ben);
    const other = await waiting(ben, space);
    const before = await run('resend', invited(other.id));
    expect(before.counts.refused).toBe(1);
    await invitations.cancel(as(ben), space, other.id);
    await invite(ben, space, other.email);
    const again = { run: before.id };
    expect(await many.beforehand(as(ava), 'resend', again)).toMatchObject({ total: 0 });
    await expect(many.begin(as(ava), 'resend', again, randomId())).rejects.toMatchObject(
      refusal('conflict', 'many.none-apply'),
    );
    const open = await waiting(ben, space);
    const first = await run('resend', invited(open.id));
    expect(await many.beforehand(as(ava), 'resend', { run: first.id })).toMatchObject({
      counts: { invited: 1 },
    });
    // Of nobody else's run.
    const amy = await makeAdministrator();
    expect(await many.beforehand(as(amy), 'resend', { run: first.id })).toMatchObject({ total: 0 });
  });
});

describe('steps', () => {
  it('a form posted twice begins once, and steps at the same time share the rows', async () => {
    const people = await Promise.all(Array.from({ length: 45 }, () => makeGuest()));
    const key = randomId();
    await many.begin(as(ava), 'deactivate', refs(...people), key);
    await many.begin(as(ava), 'deactivate', refs(...people), key);
    expect(await count('guest_run_row', 'run_id = ?', key)).toBe(45);
    await parallel(6, () => many.step(as(ava), key));
    expect(await many.look(as(ava), key)).toMatchObject({ left: 0, counts: { done: 45, already: 0 } });
    for (const { id } of people) expect(await audited('account.deactivated', id)).toHaveLength(1);
    // Nothing is left.
    await many.step(as(ava), key);
    expect(await many.look(as(ava), key)).toMatchObject({ counts: { done: 45 } });
  });

  it('the rows of a step that died wait for a while, then the next takes them', async () => {
    const one = await makeGuest();
    const key = await many.begin(as(ava), 'deactivate', refs(one), randomId());
    await bindings.DB.prepare('update guest_run_row set claimed_at = ? where run_id = ?')
      .bind(Date.now(), key)
      .run();
    await many.step(as(ava), key);
    expect(await statusOf(one)).toBe('active');
    await many.step(as(ava, { now: Date.now() + 3 * 60_000 }), key);
    expect(await many.look(as(ava), key)).toMatchObject({ counts: { done: 1 } });
  });

  it('reads and writes no more than its own rows', async () => {
    const people = await Promise.all(Array.from({ length: 60 }, () => makeGuest()));
    const key = await many.begin(as(ava), 'deactivate', refs(...people), randomId());
    const { DB, rowsRead, trips } = countingD1();
    await many.step(as(ava, { env: { ...bindings, DB } }), key);
    // Three for each guest, and four of the step.
    expect(trips()).toBeLessThan(70);
    expect(rowsRead()).toBeLessThan(2_000);
    expect(await many.look(as(ava), key)).toMatchObject({ left: 40 });
  });

  it('many rows do not exhaust their actor’s limit of changes', async () => {
    const people = await Promise.all(Array.from({ length: 250 }, () => makeGuest()));
    const amy = await makeAdministrator();
    const id = await many.begin(as(amy), 'deactivate', refs(...people), randomId());
    for (let n = 0; n < 13; n++) await many.step(as(amy), id);
    expect(await many.look(as(amy), id)).toMatchObject({ left: 0, counts: { done: 250 } });
  });

  it('runs go by themselves after a month', async () => {
    const one = await makeGuest();
    const key = await many.begin(as(ava), 'deactivate', refs(one), randomId());
    const late = testContext({ now: Date.now() + 31 * DAY });
    for (let n = 0; n < 20; n++) await late.commit([many.purgeRuns(late)]);
    expect(await count('guest_run', 'id = ?', key)).toBe(0);
    expect(await count('guest_run_row', 'run_id = ?', key)).toBe(0);
  });
});

describe('is for administrators of the site', () => {
  it('and each sees their own runs', async () => {
    const [one, amy] = [await makeGuest(), await makeAdministrator()];
    await expect(many.begin(as(ben), 'deactivate', refs(one), randomId())).rejects.toMatchObject(
      refusal('forbidden'),
    );
    await expect(many.beforehand(as(ben), null, refs(one))).rejects.toMatchObject(refusal('forbidden'));
    const id = await many.begin(as(ava), 'deactivate', refs(one), randomId());
    await expect(many.look(as(amy), id)).rejects.toMatchObject(refusal('missing'));
    await expect(many.step(as(amy), id)).rejects.toMatchObject(refusal('missing'));
    await expect(many.step(as(one), id)).rejects.toMatchObject(refusal('forbidden'));
    expect(await statusOf(one)).toBe('active');
  });

  it('no user is ever among those selected', async () => {
    const cho = await makeUser();
    expect(await many.beforehand(as(ava), 'deactivate', refs(cho))).toMatchObject({ total: 0, others: 0 });
    await expect(many.begin(as(ava), 'deactivate', refs(cho), randomId())).rejects.toMatchObject(
      refusal('conflict', 'many.none-apply'),
    );
  });

  it('whoever loses the right in the middle goes no further', async () => {
    const [amy, one] = [await makeAdministrator(), await makeGuest()];
    const id = await many.begin(as(amy), 'deactivate', refs(one), randomId());
    const ctx = as(amy);
    await accounts.setPermissions(as(ava), amy.id, { administrator: false, canCreateSpaces: false });
    await expect(many.step(ctx, id)).rejects.toMatchObject(refusal('forbidden'));
    expect(await statusOf(one)).toBe('active');
  });
});
