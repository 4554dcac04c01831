import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { as, DAY, HOUR, testContext, type Surroundings, type User } from '../../../../tests/contexts';
import { makeAdministrator, makeGuest, makeSpace, makeUser } from '../../../../tests/factories';
import { audited, refusal } from '../../../../tests/helpers';
import { joinSpace } from '../../../../tests/invitations';
import { fake, setUpMail } from '../../../../tests/mail';
import type { MailMessage } from '../mail/messages';
import * as memberships from '../memberships';
import * as outbox from '../mail/outbox';
import { mail } from '../schema';
import * as mailLog from './index';

setUpMail();

const site = (from: Surroundings = {}): Surroundings => ({
  ...from,
  config: {
    ...from.config,
    mail: {
      transport: 'mailchannels',
      domain: 'guests.example.com',
      apiKey: fake.apiKey,
      baseUrl: fake.baseUrl,
      plan: { month: 1_000 },
    },
  },
});
const changed: MailMessage = {
  kind: 'password-changed',
  siteName: 'Foyer',
  loginName: 'gil@partner.example',
  url: 'https://guests.example.com/forgot',
};
const reset: MailMessage = {
  kind: 'reset',
  siteName: 'Foyer',
  url: 'https://x.example/reset/a',
  minutes: 60,
};

/** A mail that the server refuses for good. */
async function failed(
  message: MailMessage = changed,
  more: Partial<outbox.QueuedMail> = {},
  now = Date.now(),
) {
  const ctx = testContext(site({ now }));
  const { id, statement } = await outbox.queue(ctx, {
    to: 'gil@partner.example',
    locale: 'en',
    message,
    nudge: false,
    ...more,
  });
  await ctx.commit([statement]);
  fake.mood = { status: 400, body: '{"message":"no such user <gil@partner.example>"}' };
  expect(await outbox.deliver(ctx, id)).toBe('failed');
  fake.mood = 'accept';
  return id;
}
const rowOf = async (id: string) => (await testContext().db.select().from(mail).where(eq(mail.id, id)))[0]!;
const list = (ava: User, filter = {}, from: Surroundings = {}) =>
  mailLog.overview(as(ava, site(from)), filter);

describe('the page "Mail"', () => {
  it('shows what waits, since when, and what has left against the plan', async () => {
    const ava = await makeAdministrator();
    const now = Date.UTC(2026, 10, 20, 12);
    for (const [at, to] of [
      [now - 20 * DAY, 'a@partner.example'],
      [now - 2 * DAY, 'b@partner.example'],
      [now - HOUR, 'c@partner.example'],
    ] as const) {
      const ctx = testContext(site({ now: at }));
      const { id, statement } = await outbox.queue(ctx, { to, locale: 'en', message: changed, nudge: false });
      await ctx.commit([statement]);
      await outbox.deliver(ctx, id);
    }
    const ctx = testContext(site({ now: now - 60_000 }));
    const { statement } = await outbox.queue(ctx, {
      to: 'd@x.example',
      locale: 'en',
      message: changed,
      nudge: false,
    });
    await ctx.commit([statement]);
    expect(await list(ava, {}, { now })).toMatchObject({
      waiting: { count: 1, retried: 0, oldest: now - 60_000 },
      // The first was sent in October.
      sent: { day: 1, month: 2 },
      plan: { month: 1_000 },
      rows: [],
      someAgain: false,
    });
  });

  it('lists what failed for good, newest first and page by page, with its reason and a masked address', async () => {
    const ava = await makeAdministrator();
    const gil = await makeGuest({ name: 'Gil', company: 'Partner' });
    const now = Date.now();
    for (let i = 0; i < 51; i++) await failed(changed, {}, now - HOUR - i);
    const newest = await failed(changed, { userId: gil.id, to: gil.email }, now);
    const first = await list(ava);
    expect(first.rows).toHaveLength(50);
    expect(first.rows[0]).toMatchObject({
      id: newest,
      kind: 'password-changed',
      who: { name: 'Gil', guest: true, company: 'Partner' },
      address: expect.stringMatching(/^g…@partner\.example$/),
      reason: 'mail.failure.rejected',
      again: 'here',
    });
    expect(first.rows[0]!.detail).toContain('g…@partner.example');
    expect(JSON.stringify(first)).not.toContain('gil@partner.example');
    const second = await list(ava, { after: first.next! });
    expect([second.rows.length, second.next]).toEqual([2, null]);
    expect(await list(ava, { kind: 'reset' })).toMatchObject({ kind: 'reset', rows: [] });
    const code = await failed(reset);
    expect((await list(ava, { kind: 'reset' })).rows.map((row) => [row.id, row.again])).toEqual([
      [code, null],
    ]);
  });

  it('is for site administrators alone', async () => {
    const id = await failed();
    for (const who of [await makeUser(), await makeGuest({ administrator: true })])
      for (const act of [
        () => list(who),
        () => mailLog.sendAgain(as(who, site()), id),
        () => mailLog.sendAllAgain(as(who, site())),
        () => mailLog.sendTest(as(who, site())),
        () => mailLog.testOutcome(as(who, site()), id),
      ])
        await expect(act()).rejects.toMatchObject(refusal('forbidden'));
    expect((await rowOf(id)).status).toBe('failed');
  });
});

describe('sending again', () => {
  it('sends the same mail once, however often it is pressed', async () => {
    const ava = await makeAdministrator();
    const gil = await makeGuest();
    const id = await failed(changed, { userId: gil.id });
    const presses = Array.from({ length: 20 }, async () => {
      const ctx = as(ava, site());
      await mailLog.sendAgain(ctx, id);
      await ctx.settle();
    });
    await Promise.all(presses);
    expect(fake.arrived.map((one) => one.to)).toEqual(['gil@partner.example']);
    expect(fake.arrived[0]!.text).toContain('https://guests.example.com/forgot');
    expect(await rowOf(id)).toMatchObject({ status: 'sent', sealed: null, failure: null });
    expect(
      (await audited('mail.sent-again')).filter((entry) => entry.subject === `user:${gil.id}`),
    ).toMatchObject([{ actor_id: ava.id, detail: { mail: 'password-changed' } }]);
  });

  it('sends all that can be sent again, each once', async () => {
    const ava = await makeAdministrator();
    for (let i = 0; i < 3; i++) await failed(changed, { to: `g${i}@partner.example` });
    const dead = await failed(reset);
    const twice = await Promise.all(
      [0, 1].map(async () => {
        const ctx = as(ava, site());
        const count = await mailLog.sendAllAgain(ctx);
        await ctx.settle();
        return count;
      }),
    );
    expect(Math.max(...twice)).toBe(3);
    expect(fake.arrived.map((one) => one.to).sort()).toEqual(
      ['g0', 'g1', 'g2'].map((g) => `${g}@partner.example`),
    );
    expect((await rowOf(dead)).status).toBe('failed');
    expect((await list(ava)).someAgain).toBe(false);
  });

  it('is tried for another day, and marked where the first may have arrived', async () => {
    const ava = await makeAdministrator();
    const id = await failed(changed, {}, Date.now() - 3 * DAY);
    await testContext().db.update(mail).set({ unknowns: 2 }).where(eq(mail.id, id));
    await mailLog.sendAgain(as(ava, site()), id);
    fake.mood = { status: 503 };
    expect(await outbox.deliver(testContext(site()), id)).toBe('queued');
    fake.mood = 'accept';
    expect(await outbox.deliver(testContext(site({ now: Date.now() + HOUR })), id)).toBe('sent');
    expect(fake.arrived[0]!.headers['X-Foyer-Resent']).toBe('possible-duplicate');
  });

  it('is refused for what would be dead by then, and after a week', async () => {
    const ava = await makeAdministrator();
    const [link, old] = [await failed(reset), await failed()];
    expect((await rowOf(link)).sealed).toBeNull();
    await outbox.purge(testContext(site({ now: Date.now() + 8 * DAY })));
    expect(await rowOf(old)).toMatchObject({ status: 'failed', sealed: null });
    for (const id of [link, old])
      await expect(mailLog.sendAgain(as(ava, site()), id)).rejects.toMatchObject(
        refusal('conflict', 'mail-admin.not-again'),
      );
  });

  it('of a space’s words is over once their reader has lost the space', async () => {
    const ava = await makeAdministrator();
    const gil = await makeGuest();
    const spaceId = await makeSpace(ava);
    await joinSpace(ava, spaceId, gil);
    const quoted = await failed(
      {
        kind: 'notification',
        siteName: 'Foyer',
        event: 'comment',
        actorName: 'Ava',
        guestOf: null,
        spaceName: 'Bridge',
        threadTitle: 'Piles',
        threadId: 1,
        text: 'Secret words',
        cut: false,
        url: 'https://x.example/spaces/1',
        reasons: ['follows'],
        settings: 'https://x.example/me',
        unsubscribe: 'https://x.example/unsubscribe/a',
      },
      { userId: gil.id, spaceId },
    );
    expect((await rowOf(quoted)).sealed).not.toBeNull();
    await memberships.removeGuest(as(ava), spaceId, gil.id);
    expect((await rowOf(quoted)).sealed).toBeNull();
  });
});

describe('a test mail', () => {
  it('goes to the administrator, once for a form, and says what came of it', async () => {
    const [ava, other] = [await makeAdministrator(), await makeAdministrator()];
    const key = 'k'.repeat(16);
    for (let i = 0; i < 2; i++) expect(await mailLog.sendTest(as(ava, site()), key)).toBe(key);
    expect(fake.arrived.map((one) => one.to)).toEqual([ava.email]);
    expect(await mailLog.testOutcome(as(ava, site()), key)).toMatchObject({ state: 'sent', reason: null });
    expect(await mailLog.testOutcome(as(other, site()), key)).toBeNull();
    fake.mood = { status: 401, body: '{"message":"bad key"}' };
    const id = await mailLog.sendTest(as(ava, site()));
    expect(await mailLog.testOutcome(as(ava, site()), id)).toMatchObject({
      state: 'failed',
      reason: 'mail.failure.config',
    });
    expect(await audited('mail.tested')).toMatchObject([{ actor_id: ava.id, count: 2 }]);
  });

  it('is limited', async () => {
    const ava = await makeAdministrator();
    for (let i = 0; i < 20; i++) await mailLog.sendTest(as(ava, site()));
    await expect(mailLog.sendTest(as(ava, site()))).rejects.toMatchObject(
      refusal('throttled', 'limit.often'),
    );
    expect(fake.arrived).toHaveLength(20);
  });
});
