import { describe, expect, expectTypeOf, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { as, DAY, testContext } from '../../../../tests/contexts';
import { makeAdministrator, makeGuest, makeSpace } from '../../../../tests/factories';
import { audited } from '../../../../tests/helpers';
import { invited } from '../../../../tests/invitations';
import * as accounts from '../accounts';
import * as cron from '../cron';
import * as invitations from '../invitations';
import * as notifications from '../notifications';
import { record, recordMany, recordRows, system } from '.';

type Recorded = Parameters<typeof record>[1];
type Many = Parameters<typeof recordMany>[1][number]['kind'];
type Rows = Parameters<typeof recordRows>[1];

const thread = { spaceId: 1, threadId: sql`1`, authors: [] };
const words = { text: { body: '', mentions: [] }, notify: { mentioned: [] } };

// `npm run check` fails if a line expects too much or too little.
describe('what an event needs follows from its kind', () => {
  it('a new text needs its words, its authors and whom it tells', () => {
    const created = { kind: 'space.thread-created' as const, ...thread };
    expectTypeOf({ ...created, ...words }).toExtend<Recorded>();
    expectTypeOf(created).not.toExtend<Recorded>();
    expectTypeOf({ ...created, text: words.text }).not.toExtend<Recorded>();
    expectTypeOf({ ...created, ...words, authors: undefined }).not.toExtend<Recorded>();
  });

  it('what concerns a comment needs the comment', () => {
    const deleted = { kind: 'space.comment-deleted' as const, ...thread };
    expectTypeOf({ ...deleted, commentId: 2 }).toExtend<Recorded>();
    expectTypeOf(deleted).not.toExtend<Recorded>();
    expectTypeOf({ ...deleted, commentId: null }).not.toExtend<Recorded>();
    expectTypeOf({
      kind: 'space.reaction-changed' as const,
      ...thread,
      commentId: null,
    }).toExtend<Recorded>();
  });

  it('an act that is no text tells nobody and changes no words', () => {
    const removed = { kind: 'space.guest-removed' as const, subject: 'user:1', spaceId: 1 };
    expectTypeOf(removed).toExtend<Recorded>();
    expectTypeOf({ ...removed, ...words }).not.toExtend<Recorded>();
    expectTypeOf({ ...removed, threadId: 1 }).not.toExtend<Recorded>();
    expectTypeOf({ ...removed, left: { id: '1', kind: 'guest' as const } }).not.toExtend<Recorded>();
  });

  it('what is not done to its space names its subject', () => {
    expectTypeOf({ kind: 'space.deleted' as const, spaceId: 1 }).toExtend<Recorded>();
    expectTypeOf({ kind: 'space.left' as const, spaceId: 1 }).not.toExtend<Recorded>();
    expectTypeOf({ kind: 'account.created' as const }).not.toExtend<Recorded>();
  });

  it('an invitation says whether it is to a space or to the site', () => {
    const sent = { kind: 'invitation.sent' as const, subject: 'invitation:1' };
    expectTypeOf({ ...sent, spaceId: 1 }).toExtend<Recorded>();
    expectTypeOf({ ...sent, spaceId: null }).toExtend<Recorded>();
    expectTypeOf(sent).not.toExtend<Recorded>();
  });

  it('many at once are only events from which nothing but the audit follows', () => {
    expectTypeOf<'invitation.sent'>().toExtend<Many>();
    expectTypeOf<'invitation.expired'>().toExtend<Rows>();
    for (const _kinds of [expectTypeOf<Many>(), expectTypeOf<Rows>()]) {
      _kinds.extract<'space.changed'>().toBeNever();
      _kinds.extract<'space.thread-created'>().toBeNever();
      _kinds.extract<'account.locked'>().toBeNever();
    }
  });
});

describe('who did it', () => {
  const nobody = { actor_id: null, actor_name: '' };
  const foyer = { actor_id: null, actor_name: 'Foyer' };

  it('is nobody known where a link or an address was enough', async () => {
    const gil = await makeGuest();
    const { id, token } = await invited({ now: Date.now() - 30 * DAY });
    await cron.run(testContext());
    await invitations.askAgain(testContext(), token);
    expect(await audited('invitation.asked-again', id)).toMatchObject([nobody]);

    const visitor = testContext();
    accounts.askReset(visitor, gil.email);
    await visitor.settle();
    expect(await audited('account.reset-asked', gil.id)).toMatchObject([nobody]);

    const link = notifications.unsubscribeUrl(visitor, gil.id);
    await accounts.unsubscribe(as(await makeGuest()), link.split('/').at(-1)!);
    expect(await audited('account.changed', gil.id)).toMatchObject([nobody]);
  });

  it('is the site only where an event says so', async () => {
    const { id } = await invited({ now: Date.now() - 30 * DAY });
    await cron.run(testContext());
    expect(await audited('invitation.expired', id)).toMatchObject([foyer]);
    const ctx = testContext();
    await ctx.commit([
      record(ctx, { kind: 'setting.changed', subject: 'who:1' }),
      record(ctx, { kind: 'setting.changed', subject: 'who:2', by: system }),
    ]);
    expect(await audited('setting.changed', 'who:')).toMatchObject([nobody, foyer]);
  });
});

it('a row that counts keeps the space, too', async () => {
  const ava = await makeAdministrator();
  const spaceId = await makeSpace(ava);
  const ctx = as(ava);
  const exported = { kind: 'template.exported' as const, subject: 'template:harbour', spaceId };
  await ctx.commit([record(ctx, exported), record(ctx, exported)]);
  expect(await audited('template.exported', 'harbour')).toMatchObject([{ space_id: spaceId, count: 2 }]);
});
