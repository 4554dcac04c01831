import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { as, DAY, HOUR, Jar, mailDown, MINUTE, testContext, visit } from '../../../tests/contexts';
import {
  account,
  makeAdministrator,
  makeGuest,
  makeSpace,
  makeUser,
  PASSWORD,
  settlePeople,
  site,
  someEmail,
} from '../../../tests/factories';
import { filter } from '../../../tests/guests';
import { invitationOf, invite, invited, inviteForm, joinSpace, signUp } from '../../../tests/invitations';
import { login, verify } from '../../../tests/logins';
import { codeTo, linkIn, mailsTo, wrong } from '../../../tests/mailbox';
import { fakeMailChannels } from '../../../tests/fake-mailchannels';
import { audited, count, countingD1, dump, parallel, refusal, whileFailing } from '../../../tests/helpers';
import { fitsDomains } from '../addresses';
import { loadTranslator } from '../messages';
import * as accounts from './accounts';
import * as guestList from './guests';
import * as cron from './cron';
import * as invitations from './invitations';
import * as outbox from './mail/outbox';
import * as memberships from './memberships';
import { domainFits } from './settings';
import * as rateLimit from './rate-limit';
import { membership, throttle } from './schema';
import * as settings from './settings';
import { presets } from './settings';

const NOW = Date.now();

/** As seen by somebody without an account, or by this browser. */
const stateOf = async (token: string, from: { now?: number; jar?: Jar } = {}) =>
  (await invitations.stateOf(from.jar ? await visit(from.jar, from) : testContext(from), token)).state;

const peopleIn = (spaceId: number) => count('membership', 'space_id = ?', spaceId);

/** The token of the copied link. */
async function copied(story: Awaited<ReturnType<typeof invited>>): Promise<string> {
  const url = await invitations.copyLink(as(story.inviter), story.spaceId, story.id);
  return url.split('/').pop()!;
}

describe('the mailed link', () => {
  it('signs up, joins, and begins the first session', async () => {
    const { token, spaceId, email } = await invited();
    const { to, ctx } = await signUp(token, { name: 'Gil Ferreira' });
    expect(to).toBe(`/spaces/${spaceId}`);
    expect((await visit(ctx.jar)).actor).toMatchObject({ email, name: 'Gil Ferreira', kind: 'guest' });
    expect(await account(email)).toMatchObject({ loginCount: 1, emailVerifiedAt: expect.any(Number) });
    expect(await peopleIn(spaceId)).toBe(2);
    expect(await stateOf(token, { jar: ctx.jar })).toBe('member');
    expect(await stateOf(token)).toBe('used');
    expect(await audited('invitation.accepted', email)).toMatchObject([{ detail: { linkKind: 'mail' } }]);
  });

  it('makes one account and one membership of 20 posts at the same time', async () => {
    const { token, spaceId, email } = await invited();
    const { done } = await parallel(20, () => signUp(token));
    expect(done.length).toBeGreaterThan(0);
    expect(await count('user', 'email = ?', email)).toBe(1);
    expect(await peopleIn(spaceId)).toBe(2);
    expect((await mailsTo(email)).filter((m) => m.subject === 'Sign-up is complete!')).toHaveLength(1);
    expect(await audited('invitation.accepted', email)).toHaveLength(1);
  });

  it('lands both posts of a double click', async () => {
    const { token, spaceId } = await invited();
    const { done } = await parallel(2, () => signUp(token));
    expect(done.map(({ to }) => to)).toEqual([`/spaces/${spaceId}`, `/spaces/${spaceId}`]);
    for (const { ctx } of done) expect((await visit(ctx.jar)).actor).not.toBeNull();
  });

  it('lands again when the same form is posted twice, and only with the right password', async () => {
    const { token, spaceId, email } = await invited();
    await signUp(token);
    expect((await signUp(token)).to).toBe(`/spaces/${spaceId}`);
    await expect(signUp(token, { password: 'something else 1' })).rejects.toMatchObject(
      refusal('invalid', 'login.wrong'),
    );
    expect(await peopleIn(spaceId)).toBe(2);
    expect(await count('user', 'email = ?', email)).toBe(1);
    expect((await signUp(token, { now: NOW + HOUR })).to).toBeNull();
  });

  it('of an account that was there before is no way around the login', async () => {
    const { inviter, spaceId } = await invited();
    const guest = await makeGuest();
    await invite(inviter, spaceId, guest.email);
    const token = linkIn((await mailsTo(guest.email))[0]!);
    await invitations.join(as(guest), token);
    const { to, ctx } = await signUp(token);
    expect(to).toBeNull();
    expect(ctx.jar.has('foyer')).toBe(false);
  });

  it('changes nothing when it is opened, however often', async () => {
    const { token } = await invited();
    const before = await dump();
    for (let i = 0; i < 50; i++) {
      const ctx = testContext();
      expect((await invitations.stateOf(ctx, token)).state).toBe('open');
      await ctx.settle();
      expect(ctx.jar.size).toBe(0);
    }
    expect(await dump()).toEqual(before);
  });

  it('is unknown when one character is another', async () => {
    const { token } = await invited();
    const other = token.slice(0, -1) + (token.endsWith('a') ? 'b' : 'a');
    await expect(invitations.stateOf(testContext(), other)).rejects.toMatchObject(refusal('missing'));
    await expect(signUp(token.slice(0, 16))).rejects.toMatchObject(refusal('missing'));
    await expect(signUp('')).rejects.toMatchObject(refusal('missing'));
  });

  it('refuses a password that the policy does not allow, and stays open', async () => {
    const { token, spaceId } = await invited();
    await expect(signUp(token, { password: 'short1' })).rejects.toMatchObject(
      refusal('invalid', 'password.too-short'),
    );
    expect(await peopleIn(spaceId)).toBe(1);
    expect(await stateOf(token)).toBe('open');
  });

  it('leaves nothing when its batch fails half-way', async () => {
    const { token, email } = await invited();
    const before = await dump();
    await whileFailing('membership', '1', async () => {
      await expect(signUp(token)).rejects.toThrow();
    });
    expect(await dump()).toEqual(before);
    expect(await account(email)).toBeUndefined();
    expect(await stateOf(token)).toBe('open');
  });
});

describe('the copied link', () => {
  it('joins nobody without the code that is mailed to the invited address', async () => {
    const story = await invited();
    const { to, ctx } = await signUp(await copied(story), { name: 'Mallory' });
    expect(to).toBe('/verify');
    expect(ctx.jar.has('foyer')).toBe(false);
    await expect(verify(ctx.jar, wrong(await codeTo(story.email)))).rejects.toMatchObject(
      refusal('invalid', 'verify.wrong'),
    );
    expect(await account(story.email)).toBeUndefined();
    expect(await peopleIn(story.spaceId)).toBe(1);
    expect(await stateOf(story.token)).toBe('open');
  });

  it('joins with the code, and the audit knows which link it was', async () => {
    const story = await invited();
    const { ctx } = await signUp(await copied(story));
    expect(await verify(ctx.jar, await codeTo(story.email))).toBe(`/spaces/${story.spaceId}`);
    expect((await visit(ctx.jar)).actor?.email).toBe(story.email);
    expect(await peopleIn(story.spaceId)).toBe(2);
    expect(await audited('invitation.accepted', story.email)).toMatchObject([
      { detail: { linkKind: 'copy' } },
    ]);
    expect(await audited('invitation.link-copied', story.email)).toMatchObject([{ space_id: story.spaceId }]);
    expect((await login(story.email)).to).toBe('/');
  });

  it('is another than the mailed one, and dies with it', async () => {
    const story = await invited();
    const copy = await copied(story);
    expect(copy).not.toBe(story.token);
    const { ctx } = await signUp(copy);
    const code = await codeTo(story.email);
    await invitations.resend(as(story.inviter), story.spaceId, story.id);
    await expect(verify(ctx.jar, code)).rejects.toMatchObject(refusal('conflict', 'verify.gone'));
    expect(await account(story.email)).toBeUndefined();
  });

  it('is dead with its pending code once the invitation is cancelled', async () => {
    const story = await invited();
    const { ctx } = await signUp(await copied(story));
    const code = await codeTo(story.email);
    await invitations.cancel(as(story.inviter), story.spaceId, story.id);
    await expect(verify(ctx.jar, code)).rejects.toMatchObject(refusal('conflict'));
    expect(await account(story.email)).toBeUndefined();
  });

  it('does not complete after the invitation has expired', async () => {
    const story = await invited({ now: NOW - 7 * DAY + 10 * MINUTE });
    const { ctx } = await signUp(await copied(story));
    const code = await codeTo(story.email);
    await expect(verify(ctx.jar, code, { now: NOW + 20 * MINUTE })).rejects.toMatchObject(
      refusal('conflict', 'invitation.changed'),
    );
    expect(await account(story.email)).toBeUndefined();
  });

  it('is no way in after the sign-up, not even with the password', async () => {
    const story = await invited();
    const copy = await copied(story);
    await signUp(story.token);
    expect((await signUp(copy)).to).toBeNull();
  });

  it('cannot be had of an invitation that is overdue', async () => {
    const story = await invited();
    const later = as(story.inviter, { now: NOW + 8 * DAY });
    await expect(invitations.copyLink(later, story.spaceId, story.id)).rejects.toMatchObject(
      refusal('conflict', 'invitation.changed'),
    );
  });
});

describe('a link that is over', () => {
  it('is refused by the clock although Cron has not run', async () => {
    const { token, spaceId, email, id } = await invited({ now: NOW });
    const { expiresAt } = await invitationOf(email, spaceId);
    expect(expiresAt).toBe(NOW + 7 * DAY);
    expect(await stateOf(token, { now: expiresAt - 1 })).toBe('open');
    expect(await stateOf(token, { now: expiresAt })).toBe('expired');
    expect((await signUp(token, { now: expiresAt })).to).toBeNull();
    expect(await peopleIn(spaceId)).toBe(1);
    expect(await count('invitation', `id = ? and status = 'invited'`, id)).toBe(1);
  });

  it('sooner or later, as the site says; those that are under way keep their date', async () => {
    const before = await invited({ now: NOW });
    await site({ invitationDays: 2 });
    try {
      const { token, email, spaceId, inviter, id } = await invited({ now: NOW });
      expect((await mailsTo(email))[0]!.text).toContain('expires after 2 days');
      expect(await stateOf(token, { now: NOW + 2 * DAY - 1 })).toBe('open');
      const over = await invitations.stateOf(testContext({ now: NOW + 2 * DAY }), token);
      expect(over).toMatchObject({ state: 'expired', days: 2 });
      expect((await mailsTo(before.email))[0]!.text).toContain('expires after one week');
      expect(await stateOf(before.token, { now: NOW + 7 * DAY - 1 })).toBe('open');
      await site({ invitationDays: 30 });
      const ctx = as(inviter, { now: NOW });
      await invitations.resend(ctx, spaceId, id);
      await ctx.settle();
      expect((await invitationOf(email)).expiresAt).toBe(NOW + 30 * DAY);
    } finally {
      await site({ invitationDays: 7 });
    }
  });

  it('is dead after a resend: the mailed one and the copied one', async () => {
    const story = await invited();
    const copy = await copied(story);
    const ctx = as(story.inviter);
    await invitations.resend(ctx, story.spaceId, story.id);
    await ctx.settle();
    for (const token of [story.token, copy]) {
      expect(await stateOf(token)).toBe('replaced');
      expect((await signUp(token)).to).toBeNull();
    }
    expect(await peopleIn(story.spaceId)).toBe(1);
    const [newest] = await mailsTo(story.email);
    expect((await signUp(linkIn(newest!))).to).toBe(`/spaces/${story.spaceId}`);
  });

  it('is dead at once when it is cancelled; done twice is done once', async () => {
    const { token, spaceId, inviter, id, email } = await invited();
    await invitations.cancel(as(inviter), spaceId, id);
    await invitations.cancel(as(inviter), spaceId, id);
    expect(await stateOf(token)).toBe('cancelled');
    expect((await signUp(token)).to).toBeNull();
    expect(await account(email)).toBeUndefined();
    expect(await audited('invitation.cancelled', id)).toMatchObject([{ space_id: spaceId }]);
  });

  it('stays accepted when somebody cancels it afterwards', async () => {
    const { token, spaceId, inviter, id } = await invited();
    await signUp(token);
    await expect(invitations.cancel(as(inviter), spaceId, id)).rejects.toMatchObject(
      refusal('conflict', 'invitation.changed'),
    );
    expect(await count('invitation', `id = ? and status = 'accepted'`, id)).toBe(1);
  });

  it('of a deleted space says cancelled and takes nobody', async () => {
    const { token, spaceId } = await invited();
    await testContext().db.run(`update space set deleted_at = ${NOW} where id = ${spaceId}`);
    expect(await stateOf(token)).toBe('cancelled');
    expect((await signUp(token)).to).toBeNull();
  });

  it('lets the guest ask for a new one: the inviter gets one mail a day', async () => {
    const { token, inviter, id } = await invited();
    const ask = async (now: number) => {
      const ctx = testContext({ now });
      await invitations.askAgain(ctx, token);
      await ctx.settle();
    };
    await ask(NOW);
    expect(await mailsTo(inviter.email)).toHaveLength(0);
    await parallel(5, () => ask(NOW + 8 * DAY));
    await ask(NOW + 8 * DAY + HOUR);
    expect(await mailsTo(inviter.email)).toHaveLength(1);
    expect(await audited('invitation.asked-again', id)).toHaveLength(1);
    await ask(NOW + 9 * DAY);
    expect(await mailsTo(inviter.email)).toHaveLength(2);
  });
});

describe('resend', () => {
  it('revives an expired invitation with a new week', async () => {
    const { token, spaceId, inviter, id, email } = await invited();
    const later = NOW + 8 * DAY;
    await cron.run(testContext({ now: later }));
    expect((await invitationOf(email)).status).toBe('expired');
    const ctx = as(inviter, { now: later });
    await invitations.resend(ctx, spaceId, id);
    await ctx.settle();
    expect(await invitationOf(email)).toMatchObject({
      status: 'invited',
      expiresAt: later + 7 * DAY,
      version: 2,
    });
    expect(await stateOf(token, { now: later })).toBe('replaced');
    const fresh = linkIn((await mailsTo(email))[0]!);
    expect((await signUp(fresh, { now: later })).to).toBe(`/spaces/${spaceId}`);
  });

  it('of five clicks at the same time sends one mail for each version', async () => {
    const { spaceId, inviter, id, email } = await invited();
    const { refused } = await parallel(5, async () => {
      const ctx = as(inviter);
      await invitations.resend(ctx, spaceId, id);
      await ctx.settle();
    });
    for (const reason of refused) expect(reason).toMatchObject(refusal('conflict', 'invitation.changed'));
    const { version } = await invitationOf(email);
    expect(await mailsTo(email)).toHaveLength(version);
  });

  it('brings nobody back whose invitation was cancelled', async () => {
    const { spaceId, inviter, id } = await invited();
    await invitations.cancel(as(inviter), spaceId, id);
    await expect(invitations.resend(as(inviter), spaceId, id)).rejects.toMatchObject(refusal('conflict'));
  });
});

describe('Cron', () => {
  it('writes down what is overdue, a bounded number at a time, and twice is once', async () => {
    // Long ago, so that no other test's invitation is overdue at this time.
    const then = NOW - 100 * DAY;
    const inviter = await makeUser();
    const spaceId = await makeSpace(inviter);
    const emails = [someEmail(), someEmail(), someEmail()];
    await invite(inviter, spaceId, emails.join(), { now: then });
    const expired = () => count('invitation', `space_id = ? and status = 'expired'`, spaceId);
    const run = (now: number) => invitations.expireOverdue(testContext({ now }), 2);
    expect(await run(then + 7 * DAY - 1)).toBe(0);
    expect(await run(then + 7 * DAY)).toBe(2);
    expect(await expired()).toBe(2);
    await parallel(5, () => run(then + 7 * DAY));
    expect(await run(then + 7 * DAY)).toBe(0);
    expect(await expired()).toBe(3);
    for (const email of emails) expect(await audited('invitation.expired', email)).toHaveLength(1);
  });
});

describe('somebody else', () => {
  it('cannot accept under another account, and is told both addresses', async () => {
    const { token, email, spaceId } = await invited();
    const { jar } = await login((await makeGuest()).email);
    const ctx = await visit(jar);
    expect(await invitations.stateOf(ctx, token)).toMatchObject({
      state: 'other-account',
      email,
      actorEmail: ctx.actor!.email,
    });
    expect(await invitations.join(await visit(jar), token)).toBeNull();
    expect((await signUp(token, { jar })).to).toBeNull();
    expect(await peopleIn(spaceId)).toBe(1);
    expect(await stateOf(token)).toBe('open');
  });

  it('with an account of the address joins after the login, not by the form', async () => {
    const guest = await makeGuest();
    const { token, spaceId } = await invited({ email: guest.email });
    expect(await stateOf(token)).toBe('has-account');
    expect((await signUp(token)).to).toBeNull();
    expect(await peopleIn(spaceId)).toBe(1);
    const { jar } = await login(guest.email);
    expect(await stateOf(token, { jar })).toBe('join');
    expect(await invitations.join(await visit(jar), token)).toBe(`/spaces/${spaceId}`);
    expect(await invitations.join(await visit(jar), token)).toBe(`/spaces/${spaceId}`);
    expect(await peopleIn(spaceId)).toBe(2);
    expect(await stateOf(token, { jar })).toBe('member');
  });

  it('who was suspended is told so and cannot join', async () => {
    const guest = await makeGuest();
    const { token, spaceId } = await invited({ email: guest.email });
    await accounts.setActive(as(await makeAdministrator()), guest.id, false);
    expect(await stateOf(token)).toBe('inactive');
    expect((await signUp(token)).to).toBeNull();
    expect(await peopleIn(spaceId)).toBe(1);
  });
});

describe('inviting', () => {
  it('says of each address what became of it', async () => {
    const inviter = await makeUser();
    const colleague = await makeUser();
    const spaceId = await makeSpace(inviter);
    const [active, suspended] = [await makeGuest(), await makeGuest()];
    await joinSpace(inviter, spaceId, active);
    await accounts.setActive(as(await makeAdministrator()), suspended.id, false);
    const [again, fresh, foreign] = [someEmail(), someEmail(), someEmail('x', 'elsewhere.example')];
    await invite(inviter, spaceId, again);
    await site({ allowedDomains: ['partner.example', 'foyer.example'] });
    const typed = [active, suspended, colleague, inviter].map((p) => p.email);
    const outcomes = await invite(
      inviter,
      spaceId,
      [...typed, again, fresh, foreign, 'no.body@', 'no body', fresh].join(),
    );
    await site({ allowedDomains: [] });
    const of = (email: string) => outcomes.filter((o) => o.typed === email);
    expect(of(active.email)).toMatchObject([{ result: 'already-active' }]);
    expect(of(suspended.email)).toMatchObject([{ result: 'refused', reason: 'invite.suspended' }]);
    expect(of(colleague.email)).toMatchObject([{ result: 'refused', reason: 'invite.is-user' }]);
    expect(of(inviter.email)).toMatchObject([{ result: 'refused', reason: 'invite.is-member' }]);
    expect(of(again)).toMatchObject([{ result: 'sent-again' }]);
    expect(of(fresh)).toMatchObject([{ result: 'sent' }]);
    expect(of(foreign)).toMatchObject([{ result: 'refused', reason: 'invite.domain' }]);
    expect(of('no.body@')).toMatchObject([{ result: 'refused', reason: 'invite.malformed' }]);
    expect(of('no body')).toMatchObject([{ result: 'left-out' }]);
    expect(outcomes).toHaveLength(9);
    expect(await mailsTo(again)).toHaveLength(2);
    expect(await mailsTo(fresh)).toHaveLength(1);
  });

  it('mails to the address as it was written and compares the canonical one', async () => {
    const { inviter, spaceId } = await invited();
    const email = someEmail('case');
    const written = email.replace('case', 'CaSe');
    await invite(inviter, spaceId, written);
    expect((await mailsTo(email))[0]!.to).toBe(written);
    expect(await invite(inviter, spaceId, email)).toMatchObject([{ result: 'sent-again' }]);
  });

  it('keeps at most one open invitation per space and address under ten at the same time', async () => {
    const inviter = await makeUser();
    const spaceId = await makeSpace(inviter);
    const email = someEmail();
    const { done, refused } = await parallel(10, () => invite(inviter, spaceId, email));
    expect(done.length).toBeGreaterThan(0);
    for (const reason of refused) expect(reason).toMatchObject(refusal('conflict'));
    expect(await count('invitation', 'email = ?', email)).toBe(1);
    // Only the newest link works.
    const states = await Promise.all((await mailsTo(email)).map((m) => stateOf(linkIn(m))));
    expect(states.filter((s) => s === 'open')).toHaveLength(1);
  });

  it('a removed guest works again', async () => {
    const { token, inviter, spaceId, email } = await invited();
    await signUp(token);
    const guest = (await account(email))!;
    await memberships.removeGuest(as(inviter), spaceId, guest.id);
    expect(await invite(inviter, spaceId, email)).toMatchObject([{ result: 'sent' }]);
    const again = linkIn((await mailsTo(email)).find((m) => m.text.includes('/signup/'))!);
    expect(await invitations.join(as(guest), again)).toBe(`/spaces/${spaceId}`);
    expect(await peopleIn(spaceId)).toBe(2);
  });

  it('an overdue one works again before Cron ran', async () => {
    const { inviter, spaceId, email } = await invited();
    const later = NOW + 8 * DAY;
    expect(await invite(inviter, spaceId, email, { now: later })).toMatchObject([{ result: 'sent-again' }]);
    expect(await stateOf(linkIn((await mailsTo(email))[0]!), { now: later })).toBe('open');
  });

  const many = (n: number) => Array.from({ length: n }, () => someEmail('many'));

  it('500 addresses takes at most 25 round trips, and none is lost', async () => {
    const inviter = await makeUser();
    const spaceId = await makeSpace(inviter);
    const { DB, trips } = countingD1();
    const addresses = many(500);
    const ctx = as(inviter, { env: { DB } });
    const form = { ...inviteForm, message: 'x'.repeat(4_000), addresses: addresses.join(', ') };
    const outcomes = await invitations.inviteGuests(ctx, spaceId, form);
    expect(trips()).toBeGreaterThan(0);
    expect(trips()).toBeLessThanOrEqual(25);
    expect(outcomes.filter((o) => o.result === 'sent')).toHaveLength(500);
    expect(await count('invitation', `space_id = ? and status = 'invited'`, spaceId)).toBe(500);
    const theirs = 'invitation_id in (select id from invitation where space_id = ?)';
    expect(await count('mail', `${theirs} and status = 'queued'`, spaceId)).toBe(500);
    expect(await count('audit_entry', `space_id = ? and action = 'invitation.sent'`, spaceId)).toBe(500);
    // Again: all are renewed in as few round trips.
    const before = trips();
    const second = await invitations.inviteGuests(as(inviter, { env: { DB } }), spaceId, form);
    expect(trips() - before).toBeLessThanOrEqual(25);
    expect(second.filter((o) => o.result === 'sent-again')).toHaveLength(500);
  });

  it('refuses what is above 500 in one go', async () => {
    const inviter = await makeUser();
    const spaceId = await makeSpace(inviter);
    const form = { ...inviteForm, addresses: many(501).join('\n') };
    const outcomes = await invitations.inviteGuests(as(inviter), spaceId, form);
    expect(outcomes.filter((o) => o.result === 'refused')).toMatchObject([{ reason: 'invite.too-many' }]);
  });

  it('invites everybody or nobody when the batch fails half-way', async () => {
    const inviter = await makeUser();
    const spaceId = await makeSpace(inviter);
    const addresses = many(300);
    const rowsOf = async () => {
      const { throttle: _counted, ...rest } = await dump();
      return rest;
    };
    const before = await rowsOf();
    await whileFailing('mail', `new.to_email = '${addresses[250]}'`, async () => {
      await expect(invite(inviter, spaceId, addresses.join())).rejects.toThrow();
    });
    expect(await rowsOf()).toEqual(before);
    expect(await invite(inviter, spaceId, addresses.slice(0, 5).join())).toHaveLength(5);
  });

  it('is limited to 2,000 a space and day', async () => {
    const inviter = await makeUser();
    const spaceId = await makeSpace(inviter);
    const send = (addresses: string[], now = NOW) =>
      invitations.inviteGuests(as(inviter, { now }), spaceId, { ...inviteForm, addresses: addresses.join() });
    for (let i = 0; i < 4; i++) await send(many(500));
    const [over] = many(1);
    expect(await send([over!])).toMatchObject([{ result: 'refused', reason: 'invite.over-limit' }]);
    expect(await count('invitation', 'space_id = ?', spaceId)).toBe(2_000);
    expect(await send([over!], NOW + DAY)).toMatchObject([{ result: 'sent' }]);
  });
});

describe('who may', () => {
  it('a guest never invites, a member does not, a stranger does not find the space', async () => {
    const inviter = await makeUser();
    const member = await makeUser();
    const spaceId = await makeSpace(inviter, {}, [member]);
    const guest = await makeGuest();
    await joinSpace(inviter, spaceId, guest);
    const before = await count('invitation', 'space_id = ?', spaceId);
    await expect(invite(guest, spaceId, someEmail())).rejects.toMatchObject(refusal('forbidden'));
    await expect(invite(member, spaceId, someEmail())).rejects.toMatchObject(refusal('forbidden'));
    await expect(invite(await makeUser(), spaceId, someEmail())).rejects.toMatchObject(refusal('missing'));
    await expect(invite(await makeAdministrator(), spaceId, someEmail())).rejects.toMatchObject(
      refusal('missing'),
    );
    expect(await count('invitation', 'space_id = ?', spaceId)).toBe(before);
  });

  it('a guest whose row says administrator still does not', async () => {
    const { inviter, spaceId } = await invited();
    const guest = await makeGuest({ administrator: true, canCreateSpaces: true });
    await joinSpace(inviter, spaceId, guest);
    await testContext().db.run(`update membership set administrator = 1 where user_id = '${guest.id}'`);
    await expect(invite(guest, spaceId, someEmail())).rejects.toMatchObject(refusal('forbidden'));
    await expect(
      invitations.inviteUser(as(guest), {
        email: someEmail(),
        administrator: true,
        canCreateSpaces: true,
        locale: 'en',
      }),
    ).rejects.toMatchObject(refusal('forbidden'));
  });

  it('the administrator of another space cannot manage an invitation', async () => {
    const { id, spaceId } = await invited();
    const other = await makeUser();
    const own = await makeSpace(other);
    for (const verb of [invitations.resend, invitations.cancel, invitations.copyLink])
      for (const through of [own, spaceId])
        await expect(verb(as(other), through, id)).rejects.toMatchObject(refusal('missing'));
    for (const verb of [invitations.resend, invitations.cancel, invitations.copyLink])
      await expect(verb(as(other), null, id)).rejects.toMatchObject(refusal('forbidden'));
    await expect(invitations.guestsTab(as(other), spaceId)).rejects.toMatchObject(refusal('missing'));
    expect(await count('invitation', `id = ? and status = 'invited' and version = 1`, id)).toBe(1);
  });
});

describe('the Guests tab', () => {
  const rowOf = async (
    inviter: Awaited<ReturnType<typeof makeUser>>,
    spaceId: number,
    email: string,
    now?: number,
  ) => (await invitations.guestsTab(as(inviter, { now }), spaceId)).rows.find((r) => r.email === email);

  it('shows each guest and open invitation with its status by the clock', async () => {
    const { inviter, spaceId, email, token, id } = await invited({ now: NOW });
    expect(await rowOf(inviter, spaceId, email)).toMatchObject({
      ref: `invitation:${id}`,
      status: 'invited',
      name: null,
      expiresAt: NOW + 7 * DAY,
    });
    expect(await rowOf(inviter, spaceId, email, NOW + 7 * DAY)).toMatchObject({ status: 'expired' });
    await signUp(token, { name: 'Gil' });
    const guest = (await account(email))!;
    expect(await rowOf(inviter, spaceId, email)).toMatchObject({
      ref: `guest:${guest.id}`,
      status: 'active',
      name: 'Gil',
    });
    await accounts.setActive(as(await makeAdministrator()), guest.id, false);
    expect(await rowOf(inviter, spaceId, email)).toMatchObject({ status: 'inactive' });
    await memberships.removeGuest(as(inviter), spaceId, guest.id);
    expect(await rowOf(inviter, spaceId, email)).toBeUndefined();
  });

  it('shows whether the last mail left', async () => {
    const inviter = await makeUser();
    const spaceId = await makeSpace(inviter);
    const email = someEmail();
    const ctx = as(inviter);
    await invitations.inviteGuests(ctx, spaceId, { ...inviteForm, addresses: email });
    expect(await rowOf(inviter, spaceId, email)).toMatchObject({ delivery: { state: 'queued' } });
    expect(await invitations.guestsTab(as(inviter), spaceId)).toMatchObject({
      open: 1,
      sending: 1,
      sendingOf: 1,
    });
    await ctx.settle();
    expect(await rowOf(inviter, spaceId, email)).toMatchObject({
      delivery: { state: 'sent', failure: null },
    });
    expect(await invitations.guestsTab(as(inviter), spaceId)).toMatchObject({ open: 1, sending: 0 });
  });

  it('goes on by key after a hundred rows, guests and invitations together, none lost and none twice', async () => {
    const inviter = await makeUser();
    const spaceId = await makeSpace(inviter);
    const emails = Array.from({ length: 150 }, () => someEmail('page'));
    await invitations.inviteGuests(as(inviter), spaceId, { ...inviteForm, addresses: emails.join() });
    const guests = await Promise.all(
      Array.from({ length: 80 }, () => makeGuest({ email: someEmail('page') })),
    );
    // One address is both a guest's and an invitation's; the page boundary must not lose either.
    const both = await makeGuest({ email: emails[99]! });
    for (const guest of [...guests, both])
      await testContext()
        .db.insert(membership)
        .values({ spaceId, userId: guest.id, joinedAt: 1, lastReadAt: 1 });
    await settlePeople(spaceId);
    const seen: string[] = [];
    let after: string | null = '';
    while (after !== null) {
      const page: Awaited<ReturnType<typeof invitations.guestsTab>> = await invitations.guestsTab(
        as(inviter),
        spaceId,
        after,
      );
      expect(page.rows.length).toBeLessThanOrEqual(100);
      seen.push(...page.rows.map((row) => row.ref));
      after = page.next;
    }
    expect(seen).toHaveLength(231);
    expect(new Set(seen).size).toBe(231);
  });

  it('finds a part of a name or address, and filters by status, page by page', async () => {
    const inviter = await makeUser();
    const spaceId = await makeSpace(inviter);
    const [invited, expired] = [someEmail('waits'), someEmail('over')];
    await invite(inviter, spaceId, expired, { now: NOW - 8 * DAY });
    await invite(inviter, spaceId, invited);
    const [here, out] = [await makeGuest({ name: 'Änne Lee' }), await makeGuest({ name: 'Bo' })];
    for (const guest of [here, out]) await joinSpace(inviter, spaceId, guest);
    await accounts.setActive(as(await makeAdministrator()), out.id, false);
    const found = async (filter: invitations.GuestFilter) =>
      (await invitations.guestsTab(as(inviter), spaceId, '', filter)).rows.map((row) => row.email);
    expect(await found({ status: 'invited' })).toEqual([invited]);
    expect(await found({ status: 'expired' })).toEqual([expired]);
    expect(await found({ status: 'active' })).toEqual([here.email]);
    expect(await found({ status: 'inactive' })).toEqual([out.email]);
    expect(await found({ find: ' WAITS ' })).toEqual([invited]);
    expect(await found({ find: 'ÄNNE' })).toEqual([here.email]);
    expect(await found({ find: 'lee anne' })).toEqual([here.email]);
    expect(await found({ find: 'Lee', status: 'expired' })).toEqual([]);
    expect(await invitations.guestsTab(as(inviter), spaceId)).toMatchObject({
      waiting: 1,
      expired: 1,
      active: 1,
      inactive: 1,
    });
  });
});

describe('users of the company', () => {
  const form = { administrator: false, canCreateSpaces: true, locale: 'en' as const };
  const inviteUser = async (email: string, more: Partial<typeof form> = {}) => {
    const ctx = as(await makeAdministrator());
    await invitations.inviteUser(ctx, { ...form, ...more, email });
    await ctx.settle();
  };

  it('come through the same door, land on the portal, and may what the invitation says', async () => {
    const email = someEmail('colleague', 'foyer.example');
    await inviteUser(email);
    expect((await signUp(linkIn((await mailsTo(email))[0]!))).to).toBe('/');
    expect(await account(email)).toMatchObject({ kind: 'user', canCreateSpaces: true, administrator: false });
  });

  it('are invited by administrators only', async () => {
    const ctx = as(await makeUser());
    await expect(invitations.inviteUser(ctx, { ...form, email: someEmail() })).rejects.toMatchObject(
      refusal('forbidden'),
    );
  });

  it('who exist already are refused, guests too', async () => {
    const [guest, user] = [await makeGuest(), await makeUser()];
    await expect(inviteUser(guest.email)).rejects.toMatchObject(refusal('conflict', 'users.is-guest'));
    await expect(inviteUser(user.email)).rejects.toMatchObject(refusal('conflict', 'users.exists'));
    await expect(inviteUser('nobody')).rejects.toMatchObject(refusal('invalid', 'address.malformed'));
  });

  it('invited again get a new link, and what the second invitation says', async () => {
    const email = someEmail('colleague', 'foyer.example');
    await inviteUser(email, { administrator: true });
    const old = linkIn((await mailsTo(email))[0]!);
    await inviteUser(email, { administrator: false, canCreateSpaces: false });
    expect(await stateOf(old)).toBe('replaced');
    await signUp(linkIn((await mailsTo(email))[0]!));
    expect(await account(email)).toMatchObject({ administrator: false, canCreateSpaces: false });
  });

  it('are invited once by five clicks at the same time', async () => {
    const email = someEmail('colleague', 'foyer.example');
    const admin = await makeAdministrator();
    await parallel(5, () => invitations.inviteUser(as(admin), { ...form, email }));
    expect(await count('invitation', 'email = ?', email)).toBe(1);
  });
});

it('the confirmation mail holds the password only when the policy says so', async () => {
  const hardened = await invited();
  await signUp(hardened.token);
  expect((await mailsTo(hardened.email))[0]!.text).not.toContain(PASSWORD);
  await site({ policy: presets.documented });
  const story = await invited();
  await signUp(story.token, { password: 'abc1' });
  await site({ policy: presets.hardened });
  const [mail] = await mailsTo(story.email);
  expect(mail!.subject).toBe('Sign-up is complete!');
  expect(mail!.text).toContain('abc1');
  expect(mail!.text).toContain(story.email);
  expect(mail!.text).toContain(`http://localhost:8787/spaces/${story.spaceId}`);
});

describe('an invitation to the site', () => {
  const inviteColleague = async () => {
    const admin = await makeAdministrator();
    const email = someEmail('colleague', 'foyer.example');
    const form = { email, administrator: true, canCreateSpaces: true, locale: 'en' as const };
    await invitations.inviteUser(as(admin), form);
    return { admin, email, token: invitations.mailToken(as(admin), await invitationOf(email)) };
  };

  it('is worth nothing once its inviter is deactivated', async () => {
    const { admin, email, token } = await inviteColleague();
    await accounts.setActive(as(await makeAdministrator()), admin.id, false);
    expect((await signUp(token)).to).toBeNull();
    expect(await account(email)).toBeUndefined();
  });

  it('makes a user of somebody who became a guest meanwhile', async () => {
    const { email, token } = await inviteColleague();
    const guest = await makeGuest({ email });
    expect(await invitations.join(as(guest), token)).toBe('/');
    expect(await account(email)).toMatchObject({ kind: 'user', administrator: true });
  });
});

describe('what is pasted', () => {
  it('is refused once, however often it stands there', async () => {
    const inviter = await makeUser();
    const outcomes = await invite(inviter, await makeSpace(inviter), 'nobody@, nobody@; NOBODY nobody@');
    expect(outcomes.filter((o) => o.typed === 'nobody@')).toHaveLength(1);
  });

  it('without an address in it is refused as a whole', async () => {
    const inviter = await makeUser();
    await expect(invite(inviter, await makeSpace(inviter), 'Doe, Jane; Roe')).rejects.toMatchObject(
      refusal('invalid', 'invite.no-address'),
    );
  });

  it('as our own table of guests invites everybody in it', async () => {
    const guests = [
      await makeGuest({ name: 'Gil "The Crane" Ferreira, Ltd' }),
      await makeGuest({ name: '=HYPERLINK("http://x.example")', email: someEmail('+tag') }),
      await makeGuest({ name: 'Ana @ Acme' }),
    ];
    const lines = guestList.exported(as(await makeAdministrator()), filter());
    const csv = await new Response(lines.pipeThrough(new TextEncoderStream())).text();
    const inviter = await makeUser();
    const outcomes = await invite(inviter, await makeSpace(inviter), csv);
    for (const { email } of guests)
      expect(outcomes.filter((o) => o.email === email)).toMatchObject([{ result: 'sent' }]);
    expect(outcomes.filter(({ result }) => result !== 'sent' && result !== 'refused')).toEqual([]);
    expect(outcomes.filter((o) => o.result === 'refused' && o.reason === 'invite.malformed')).toEqual([]);
  });

  it('is read alike wherever one address is typed: full-width, with what nobody sees', async () => {
    const guest = await makeGuest({ email: someEmail('width') });
    const typed = `\u200b${guest.email.replace('@', '＠').replace('w', 'ｗ')}\u3000`;
    expect((await login(typed)).to).toBe('/');
    const form = { administrator: false, canCreateSpaces: false, locale: 'en' as const };
    await expect(
      invitations.inviteUser(as(await makeAdministrator()), { ...form, email: typed }),
    ).rejects.toMatchObject(refusal('conflict', 'users.is-guest'));
    const ctx = testContext();
    accounts.askReset(ctx, typed);
    await ctx.settle();
    const subjects = (await mailsTo(guest.email)).map(({ subject }) => subject);
    expect(subjects.filter((subject) => subject.includes('password'))).toHaveLength(1);
  });
});

/** How another administrator can end an inviter's right while an invitation is out. */
const ends: [string, (story: Awaited<ReturnType<typeof shared>>) => Promise<unknown>][] = [
  ['is removed', ({ inviter, other, spaceId }) => memberships.removeMember(as(other), spaceId, inviter.id)],
  [
    'is no administrator of the space any more',
    ({ inviter, other, spaceId }) => memberships.setAdministrator(as(other), spaceId, inviter.id, false),
  ],
  ['leaves', ({ inviter, spaceId }) => memberships.leave(as(inviter), spaceId)],
  [
    'is deactivated',
    async ({ inviter }) => accounts.setActive(as(await makeAdministrator()), inviter.id, false),
  ],
];

/** An open invitation of a space with two administrators. */
async function shared() {
  const story = await invited();
  const other = await makeUser();
  await memberships.addMember(as(story.inviter), story.spaceId, other.id, true);
  return { ...story, other };
}

const rowIn = async (by: Awaited<ReturnType<typeof makeUser>>, spaceId: number, email: string) => {
  const tab = await invitations.guestsTab(as(by), spaceId);
  return { ...tab, row: tab.rows.find((row) => row.email === email) };
};

describe('the right of whoever invited', () => {
  describe.each(ends)('once that person %s', (_how, end) => {
    it('is gone: the invitation has expired for everybody, whatever its row says', async () => {
      const story = await shared();
      const { spaceId, email, token, other, id } = story;
      const copy = (await invitations.copyLink(as(story.inviter), spaceId, id)).split('/').pop()!;
      await end(story);
      expect((await invitationOf(email)).status).toBe('invited');
      const tab = await rowIn(other, spaceId, email);
      expect(tab.row).toMatchObject({ status: 'expired', over: 'inviter' });
      expect(tab).toMatchObject({ waiting: 0, expired: 1 });
      expect((await invitations.guestsTab(as(other), spaceId, '', { status: 'invited' })).rows).toEqual([]);
      for (const link of [token, copy]) {
        expect(await invitations.stateOf(testContext(), link)).toMatchObject({
          state: 'expired',
          renewedBy: 'others',
        });
        expect((await signUp(link)).to).toBeNull();
      }
      await expect(invitations.copyLink(as(other), spaceId, id)).rejects.toMatchObject(refusal('conflict'));
      expect(await account(email)).toBeUndefined();
    });

    it('is asked again by the code of a copied link, and by somebody who has an account', async () => {
      const story = await shared();
      const { inviter, spaceId, id, email } = story;
      const { ctx } = await signUp(await copied(story));
      const guest = await makeGuest();
      await invite(inviter, spaceId, guest.email);
      const theirs = linkIn((await mailsTo(guest.email))[0]!);
      await end(story);
      await expect(verify(ctx.jar, await codeTo(email))).rejects.toMatchObject(refusal('conflict'));
      expect(await invitations.join(as(guest), theirs)).toBeNull();
      expect(await count('invitation', `id = ? and status = 'invited'`, id)).toBe(1);
      expect(await account(email)).toBeUndefined();
    });

    it('is taken over by an administrator who sends it again, whom the guest can ask', async () => {
      const story = await shared();
      const { spaceId, email, token, other, id } = story;
      await end(story);
      const asking = testContext();
      await invitations.askAgain(asking, token);
      await asking.settle();
      expect(await mailsTo(other.email)).toHaveLength(1);
      expect((await rowIn(other, spaceId, email)).row).toMatchObject({ askedAt: expect.any(Number) });
      const ctx = as(other);
      await invitations.resend(ctx, spaceId, id);
      await ctx.settle();
      expect((await rowIn(other, spaceId, email)).row).toMatchObject({ status: 'invited', askedAt: null });
      expect((await signUp(linkIn((await mailsTo(email))[0]!))).to).toBe(`/spaces/${spaceId}`);
    });
  });

  it('is decided by the write that takes the invitation, not by what was read before', async () => {
    for (let i = 0; i < 5; i++) {
      const { inviter, other, spaceId, token, email } = await shared();
      const [, taken] = await Promise.all([
        memberships.removeMember(as(other), spaceId, inviter.id),
        signUp(token),
      ]);
      // Either the guest was first and is in, or the right was gone and nobody is.
      expect(await count('user', 'email = ?', email)).toBe(taken.to === null ? 0 : 1);
    }
  });

  it('cannot be used by somebody who has lost it since their page was made', async () => {
    const { inviter, other, spaceId, id } = await shared();
    const late = as(inviter);
    await accounts.setActive(as(await makeAdministrator()), inviter.id, false);
    await expect(
      invitations.inviteGuests(late, spaceId, { ...inviteForm, addresses: someEmail() }),
    ).rejects.toMatchObject(refusal('conflict', 'invitation.changed'));
    await expect(invitations.resend(late, spaceId, id)).rejects.toMatchObject(refusal('conflict'));
    await expect(invitations.cancel(late, spaceId, id)).rejects.toMatchObject(refusal('conflict'));
    expect(await count('invitation', `id = ? and status = 'invited'`, id)).toBe(1);
    await invitations.resend(as(other), spaceId, id);
  });

  it('of a space without an administrator is nobody\u2019s: the page says so, and there is nobody to ask', async () => {
    const { inviter, spaceId, token } = await invited();
    await testContext().db.run(`update membership set administrator = 0 where user_id = '${inviter.id}'`);
    expect(await invitations.stateOf(testContext(), token)).toMatchObject({
      state: 'expired',
      renewedBy: 'nobody',
    });
    await invitations.askAgain(testContext(), token);
    expect(await count('invitation', 'space_id = ? and asked_at is not null', spaceId)).toBe(0);
  });

  it('to the site ends with the administration of the site', async () => {
    const admin = await makeAdministrator();
    const other = await makeAdministrator();
    const email = someEmail('colleague', 'foyer.example');
    const form = { email, administrator: true, canCreateSpaces: true, locale: 'en' as const };
    await invitations.inviteUser(as(admin), form);
    const open = await invitationOf(email);
    const token = invitations.mailToken(as(admin), open);
    await accounts.setPermissions(as(other), admin.id, { administrator: false, canCreateSpaces: true });
    expect(await invitations.stateOf(testContext(), token)).toMatchObject({
      state: 'expired',
      renewedBy: 'others',
    });
    const listed = (await invitations.openOfUsers(as(other))).rows.find((row) => row.email === email);
    expect(listed).toMatchObject({ acceptable: 0 });
    expect((await signUp(token)).to).toBeNull();
    await invitations.resend(as(other), null, open.id);
    const fresh = invitations.mailToken(as(other), { id: open.id, version: 2 });
    expect((await signUp(fresh)).to).toBe('/');
  });
});

describe('the rule of domains', () => {
  const rule = (...allowedDomains: string[]) => site({ allowedDomains });

  it('is asked when an invitation is made, sent again, copied and taken', async () => {
    const story = await invited();
    const { inviter, spaceId, id, token, email } = story;
    const copy = await copied(story);
    const { ctx } = await signUp(copy);
    const guest = await makeGuest();
    await invite(inviter, spaceId, guest.email);
    const theirs = linkIn((await mailsTo(guest.email))[0]!);
    const mails = (await mailsTo(email)).length;
    await rule('elsewhere.example');
    try {
      expect(await invite(inviter, spaceId, email)).toMatchObject([{ reason: 'invite.domain' }]);
      await expect(invitations.resend(as(inviter), spaceId, id)).rejects.toMatchObject(
        refusal('conflict', 'guests.not-domain'),
      );
      await expect(invitations.copyLink(as(inviter), spaceId, id)).rejects.toMatchObject(refusal('conflict'));
      expect(await stateOf(token)).toBe('domain');
      expect((await signUp(token)).to).toBeNull();
      await expect(verify(ctx.jar, await codeTo(email))).rejects.toMatchObject(refusal('conflict'));
      expect(await invitations.join(as(guest), theirs)).toBeNull();
      expect((await rowIn(inviter, spaceId, email)).row).toMatchObject({ status: 'expired', over: 'domain' });
      expect(await invitations.resendExpired(as(inviter), spaceId)).toEqual({ sent: 0, not: 0 });
      expect(await mailsTo(email)).toHaveLength(mails);
    } finally {
      await rule();
    }
    // What is allowed again works again.
    expect((await signUp(token)).to).toBe(`/spaces/${spaceId}`);
  });

  it('is decided by the write: one that was set after the settings were read refuses too', async () => {
    const { inviter, spaceId, id } = await invited();
    const email = someEmail();
    const stale = () => {
      const ctx = as(inviter);
      ctx.settings = { ...settingsBefore };
      return ctx;
    };
    const settingsBefore = await settings.read(testContext());
    await rule('elsewhere.example');
    try {
      const outcomes = await invitations.inviteGuests(stale(), spaceId, { ...inviteForm, addresses: email });
      expect(outcomes).toMatchObject([{ result: 'refused', reason: 'invite.domain' }]);
      await expect(invitations.resend(stale(), spaceId, id)).rejects.toMatchObject(refusal('conflict'));
      expect(await count('invitation', 'email = ?', email)).toBe(0);
    } finally {
      await rule();
    }
  });

  it('says the same in SQL and in code', async () => {
    const rules = [
      [],
      ['partner.example'],
      ['*.partner.example'],
      ['Partner.example.'],
      ['10.0.0.1', 'x.example'],
    ];
    const hosts = [
      'partner.example',
      'mail.partner.example',
      'otherpartner.example',
      'x.example',
      'y.example',
    ];
    for (const list of rules)
      for (const host of hosts) {
        const email = `a@${host}`;
        const [row] = await testContext().db.all<{ fits: number }>(
          sql`select ${domainFits(sql`${email}`, list)} as fits`,
        );
        expect([list, host, !!row!.fits]).toEqual([
          list,
          host,
          list.length === 0 || fitsDomains(list, email),
        ]);
      }
  });

  it('concerns guests alone: users of the company may have any address', async () => {
    await rule('elsewhere.example');
    try {
      const email = someEmail('colleague', 'foyer.example');
      const form = { email, administrator: false, canCreateSpaces: false, locale: 'en' as const };
      const admin = await makeAdministrator();
      await invitations.inviteUser(as(admin), form);
      const token = invitations.mailToken(as(admin), await invitationOf(email));
      expect((await signUp(token)).to).toBe('/');
    } finally {
      await rule();
    }
  });

  it('tells before it is set whom it would concern', async () => {
    const host = `${someEmail('d').split('@')[0]}.example`;
    const { inviter, spaceId } = await invited({ email: `open@${host}` });
    await invite(inviter, spaceId, `late@${host}`, { now: NOW - 8 * DAY });
    const guest = await makeGuest({ email: `in@${host}` });
    await joinSpace(inviter, spaceId, guest);
    const before = (await invitations.effectOfDomains(testContext(), [host])) ?? {
      invitations: 0,
      guests: 0,
    };
    const after = (await invitations.effectOfDomains(testContext(), ['nobody.example']))!;
    expect(after.invitations - before.invitations).toBe(1);
    expect(after.guests - before.guests).toBe(1);
    expect(await invitations.effectOfDomains(testContext(), [])).toBeNull();
    // Nothing is said about a rule that is already in force.
    await rule('nobody.example');
    expect(await invitations.effectOfDomains(testContext(), ['nobody.example'])).toBeNull();
    await rule();
  });
});

/** A run of cron sends 200 mails, which must not be those of other tests. */
const forgetWaitingMail = () => testContext().db.run(`delete from mail where status = 'queued'`);

describe('limits', () => {
  const many = (n: number) => Array.from({ length: n }, () => someEmail('limit'));
  const sent = (outcomes: invitations.Outcome[]) =>
    outcomes.filter((o) => o.result.startsWith('sent')).length;
  const refusedFor = (outcomes: invitations.Outcome[], reason: string) =>
    outcomes.filter((o) => o.result === 'refused' && o.reason === reason).length;
  const send = (by: Awaited<ReturnType<typeof makeUser>>, spaceId: number, addresses: string[]) =>
    invitations.inviteGuests(as(by), spaceId, { ...inviteForm, addresses: addresses.join() });

  const counted = async (key: string, number: number) => {
    const ctx = testContext();
    const row = {
      key: rateLimit.key(ctx, 'invite', key)[0],
      count: number,
      windowStartedAt: ctx.now,
      updatedAt: ctx.now,
    };
    await ctx.db.insert(throttle).values(row).onConflictDoUpdate({ target: throttle.key, set: row });
  };

  /** Whatever other tests have left in the outbox. */
  const deliver = async (spaceId: number) => {
    const ctx = testContext();
    const waiting = await ctx.db.all<{ id: string }>(
      sql`select id from mail where status = 'queued' and invitation_id in (select id from invitation where space_id = ${spaceId})`,
    );
    await outbox.deliverMany(
      ctx,
      waiting.map(({ id }) => id),
    );
  };

  it('let a space have 2,000 in a day, whoever sends them, and not one more: what fits goes out', async () => {
    await forgetWaitingMail();
    const [inviter, other] = [await makeUser(), await makeUser()];
    const spaceId = await makeSpace(inviter);
    await memberships.addMember(as(inviter), spaceId, other.id, true);
    await counted(`space:${spaceId}`, 1_996);
    const outcomes = await send(other, spaceId, many(6));
    expect([sent(outcomes), refusedFor(outcomes, 'invite.over-limit')]).toEqual([4, 2]);
    await deliver(spaceId);
    const [row] = (await invitations.guestsTab(as(inviter), spaceId)).rows;
    await expect(invitations.resend(as(inviter), spaceId, row!.ref.split(':')[1]!)).rejects.toMatchObject(
      refusal('throttled', 'guests.not-space-limit'),
    );
  });

  it('let an inviter have 2,000 in a day, in whichever spaces', async () => {
    await forgetWaitingMail();
    const inviter = await makeUser();
    const [one, two] = [await makeSpace(inviter), await makeSpace(inviter)];
    await counted(`inviter:${inviter.id}`, 1_999);
    expect(sent(await send(inviter, one, many(1)))).toBe(1);
    expect(refusedFor(await send(inviter, two, many(3)), 'invite.over-limit-inviter')).toBe(3);
    expect(await count('invitation', 'space_id = ?', two)).toBe(0);
    await deliver(one);
    const [row] = (await invitations.guestsTab(as(inviter), one)).rows;
    await expect(invitations.resend(as(inviter), one, row!.ref.split(':')[1]!)).rejects.toMatchObject(
      refusal('throttled', 'guests.not-inviter-limit'),
    );
  });

  it('let an address have 5 in a day over the whole site, made or sent again, by whomever', async () => {
    const email = someEmail();
    const stories = [await invited({ email }), await invited({ email })];
    const [one] = stories as [(typeof stories)[0], (typeof stories)[0]];
    for (let i = 0; i < 3; i++) {
      const ctx = as(one.inviter);
      await invitations.resend(ctx, one.spaceId, one.id);
      await ctx.settle();
    }
    const later = as(one.inviter);
    await expect(invitations.resend(later, one.spaceId, one.id)).rejects.toMatchObject(
      refusal('throttled', 'guests.not-address-limit'),
    );
    const third = await makeUser();
    const outcomes = await invite(third, await makeSpace(third), `${email}, ${someEmail()}`);
    expect(outcomes).toMatchObject([{ reason: 'invite.over-limit-address' }, { result: 'sent' }]);
    await expect(
      invitations.inviteUser(as(await makeAdministrator()), {
        email,
        administrator: false,
        canCreateSpaces: false,
        locale: 'en',
      }),
    ).rejects.toMatchObject(refusal('throttled', 'guests.not-address-limit'));
    expect(await mailsTo(email)).toHaveLength(5);
    // The link sent last still works.
    expect(await stateOf(linkIn((await mailsTo(email))[0]!))).toBe('open');
    const tomorrow = as(one.inviter, { now: Date.now() + DAY });
    await invitations.resend(tomorrow, one.spaceId, one.id);
  });

  it('hold for forty resends at the same time', async () => {
    const { inviter, spaceId, id, email } = await invited();
    await parallel(40, async () => {
      const ctx = as(inviter);
      await invitations.resend(ctx, spaceId, id);
      await ctx.settle();
    });
    expect((await mailsTo(email)).length).toBeLessThanOrEqual(5);
  });

  /** What stands on a counter. */
  const countOf = async (key: string): Promise<number> => {
    const [row] = await testContext().db.all<{ failures: number }>(
      sql`select failures from throttle where key = ${rateLimit.key(testContext(), 'invite', key)[0]}`,
    );
    return row?.failures ?? 0;
  };
  const countsOf = async ({ inviter, spaceId, email }: Omit<Awaited<ReturnType<typeof invited>>, 'token'>) =>
    Promise.all([`space:${spaceId}`, `inviter:${inviter.id}`, `to:${email}`].map(countOf));

  it('do not count a mail that is replaced before it is sent: six resends in a row are one mail', async () => {
    const story = await invited();
    const { inviter, spaceId, id, email } = story;
    for (let i = 0; i < 6; i++) await invitations.resend(as(inviter), spaceId, id);
    expect(await countsOf(story)).toEqual([2, 2, 2]);
    expect(await send(inviter, spaceId, [email])).toMatchObject([{ result: 'sent-again' }]);
    const ctx = as(inviter);
    await invitations.resend(ctx, spaceId, id);
    await ctx.settle();
    expect(await countsOf(story)).toEqual([2, 2, 2]);
    expect(await mailsTo(email)).toHaveLength(2);
    const other = await makeUser();
    expect(await send(other, await makeSpace(other), [email])).toMatchObject([{ result: 'sent' }]);
  });

  it('count what waits in another space, or of another address: only what is replaced is free', async () => {
    const email = someEmail();
    const inviters = await Promise.all(Array.from({ length: 6 }, () => makeUser()));
    const reasons: unknown[] = [];
    for (const inviter of inviters) reasons.push(...(await send(inviter, await makeSpace(inviter), [email])));
    expect(reasons.map((outcome) => (outcome as { reason?: string }).reason)).toEqual([
      ...Array(5).fill(undefined),
      'invite.over-limit-address',
    ]);
  });

  it('fit a list whose mails wait, up to the last one of a space and of an inviter, and no further', async () => {
    const inviter = await makeUser();
    const spaceId = await makeSpace(inviter);
    const [waiting, sentAlready] = [many(3), many(2)];
    await invite(inviter, spaceId, sentAlready.join());
    await send(inviter, spaceId, waiting);
    for (const key of [`space:${spaceId}`, `inviter:${inviter.id}`]) {
      await counted(key, 1_999);
      const ctx = testContext();
      // The counter continues in the window of these mails.
      await ctx.db.run(sql`update throttle set window_started_at = ${NOW - HOUR}
        where key = ${rateLimit.key(ctx, 'invite', key)[0]}`);
    }
    const outcomes = await send(inviter, spaceId, [...sentAlready, ...waiting]);
    expect(outcomes.map(({ result }) => result)).toEqual([
      'sent-again',
      'refused',
      'sent-again',
      'sent-again',
      'sent-again',
    ]);
    expect(await countOf(`space:${spaceId}`)).toBe(2_000);
  });

  it('do not count a mail that surely failed: nobody is unreachable for a day because of it', async () => {
    const fake = fakeMailChannels();
    try {
      const transport = {
        mail: { ...mailDown.mail!, apiKey: fake.apiKey, baseUrl: fake.baseUrl },
      } as typeof mailDown;
      fake.mood = { status: 400, body: 'no such mailbox' };
      const email = someEmail();
      const inviter = await makeUser();
      const spaceId = await makeSpace(inviter);
      await invite(inviter, spaceId, email, { config: transport });
      const { id } = await invitationOf(email, spaceId);
      const story = { inviter, spaceId, email, id };
      for (let i = 0; i < 6; i++) {
        const ctx = as(inviter, { config: transport });
        await invitations.resend(ctx, spaceId, id);
        await ctx.settle();
        expect(await countsOf(story)).toEqual([0, 0, 0]);
      }
      expect(await count('mail', `to_email = ? and status = 'failed'`, email)).toBe(7);
      const other = await makeUser();
      await invite(other, await makeSpace(other), email);
      expect(await mailsTo(email)).toHaveLength(1);
    } finally {
      fake.restore();
    }
  });

  it('count a mail of which nobody knows whether it arrived, also when it is replaced', async () => {
    const fake = fakeMailChannels();
    try {
      const transport = {
        mail: { ...mailDown.mail!, apiKey: fake.apiKey, baseUrl: fake.baseUrl },
      } as typeof mailDown;
      fake.mood = 'cut';
      const email = someEmail();
      const inviter = await makeUser();
      const spaceId = await makeSpace(inviter);
      await invite(inviter, spaceId, email, { config: transport });
      const { id } = await invitationOf(email, spaceId);
      for (let i = 0; i < 4; i++) {
        const ctx = as(inviter, { config: transport });
        await invitations.resend(ctx, spaceId, id);
        await ctx.settle();
      }
      expect(await countOf(`to:${email}`)).toBe(5);
      await expect(invitations.resend(as(inviter), spaceId, id)).rejects.toMatchObject(
        refusal('throttled', 'guests.not-address-limit'),
      );
    } finally {
      fake.restore();
    }
  });

  it('give back what a cancelled invitation did not send, and nothing of another day', async () => {
    const inviter = await makeUser();
    const spaceId = await makeSpace(inviter);
    const email = someEmail();
    await send(inviter, spaceId, [email]);
    const { id } = await invitationOf(email, spaceId);
    const story = { inviter, spaceId, email, id };
    await invitations.cancel(as(inviter), spaceId, id);
    expect(await countsOf(story)).toEqual([0, 0, 0]);
    await invitations.cancel(as(inviter), spaceId, id);
    await send(inviter, spaceId, [email]);
    // A day later counters start again, with what another space sent.
    const later = { now: Date.now() + DAY + HOUR };
    const other = await makeUser();
    const ctx = as(other, later);
    await invitations.inviteGuests(ctx, await makeSpace(other), { ...inviteForm, addresses: email });
    await invitations.cancel(as(inviter, later), spaceId, (await invitationOf(email, spaceId)).id);
    expect(await countOf(`to:${email}`)).toBe(1);
  });

  it('let no more than 5 mails through to an address, however delivery and resending race', async () => {
    await forgetWaitingMail();
    const story = await invited();
    const { inviter, spaceId, id, email } = story;
    for (let round = 0; round < 12; round++) {
      const resend = () => invitations.resend(as(inviter), spaceId, id).catch(() => {});
      await Promise.all([resend(), deliver(spaceId), resend(), deliver(spaceId)]);
      if (round % 3 === 0) await deliver(spaceId);
    }
    await deliver(spaceId);
    const arrived = (await mailsTo(email)).length;
    expect(arrived).toBe(5);
    expect(await countsOf(story)).toEqual([5, 5, 5]);
  });

  it('of a user of the company too: resent before it is sent, it is one mail', async () => {
    const administrator = await makeAdministrator();
    const form = { email: someEmail('user', 'foyer.example'), administrator: false, canCreateSpaces: false };
    for (let i = 0; i < 7; i++) await invitations.inviteUser(as(administrator), { ...form, locale: 'en' });
    expect(await countOf(`to:${form.email}`)).toBe(1);
    expect(await countOf(`inviter:${administrator.id}`)).toBe(1);
  });

  it('say of a full address nothing of what other spaces have sent', async () => {
    for (const locale of ['en', 'ja'] as const)
      for (const key of ['invite.over-limit-address', 'guests.not-address-limit'] as const)
        expect((await loadTranslator(locale))(key, { email: 'gil@partner.example' })).not.toMatch(
          /\d|space|スペース/,
        );
  });

  it('count what was sent, not what was tried: a lost race or a failed batch costs nothing', async () => {
    const { inviter, spaceId, id, email } = await invited();
    await whileFailing('mail', `new.to_email = '${email}'`, async () => {
      for (let i = 0; i < 6; i++)
        await expect(invitations.resend(as(inviter), spaceId, id)).rejects.toThrow();
    });
    const addresses = many(5);
    await parallel(4, () => send(inviter, spaceId, [email, ...addresses]));
    // Mails replaced before they were sent do not count.
    expect(await countOf(`space:${spaceId}`)).toBe(
      await count(
        'mail',
        `status <> 'dropped' and invitation_id in (select id from invitation where space_id = ?)`,
        spaceId,
      ),
    );
  });

  it('let somebody be asked for new links by mail 50 times a day; who asked is shown all the same', async () => {
    const inviter = await makeUser();
    const spaceId = await makeSpace(inviter);
    const emails = many(52);
    await send(inviter, spaceId, emails);
    const now = Date.now() + 8 * DAY;
    for (const email of emails) {
      const ctx = testContext({ now });
      await invitations.askAgain(ctx, invitations.mailToken(ctx, await invitationOf(email)));
      await ctx.settle();
    }
    expect(await mailsTo(inviter.email)).toHaveLength(50);
    const { rows } = await invitations.guestsTab(as(inviter, { now }), spaceId);
    expect(rows.filter((row) => row.askedAt !== null)).toHaveLength(52);
  });

  it('are not used up by requests for a new link that were refused, whatever refused them', async () => {
    const there = await invited();
    const guest = await makeGuest();
    const now = Date.now() + 8 * DAY;
    const asking = as(guest, { now });
    const changes = rateLimit.key(asking, 'author', `change:60000:${guest.id}`);
    await asking.db.batch([rateLimit.countInWindow(asking, changes, 240, MINUTE, 240)]);
    await expect(invitations.askAgain(as(guest, { now }), there.token)).rejects.toMatchObject(
      refusal('throttled', 'limit.often'),
    );
    const asked = rateLimit.key(asking, 'invite', `asked:expired:${there.inviter.id}`);
    const rows = await asking.db
      .select()
      .from(throttle)
      .where(sql`key = ${asked[0]} and failures > 0`);
    expect(rows).toEqual([]);
  });
});

describe('the mail of an invitation', () => {
  it('is from whoever invites, and an answer reaches them; of whoever sent it last', async () => {
    const [inviter, other] = [await makeUser({ name: 'Ben Kowalski' }), await makeUser({ name: 'Ava Lind' })];
    const spaceId = await makeSpace(inviter, {}, [other]);
    await testContext()
      .db.update(membership)
      .set({ administrator: true })
      .where(eq(membership.userId, other.id));
    const email = someEmail();
    await invite(inviter, spaceId, email);
    expect((await mailsTo(email))[0]).toMatchObject({
      from: '"Ben Kowalski (via Foyer)" <no-reply@foyer.example>',
      headers: { 'Reply-To': `"Ben Kowalski" <${inviter.email}>` },
    });
    await invite(other, spaceId, email);
    expect((await mailsTo(email))[0]!.headers['Reply-To']).toBe(`"Ava Lind" <${other.email}>`);
  });
});

describe('Resend all expired', () => {
  it('sends each again as it was, those only that are over, and says how many not', async () => {
    const inviter = await makeUser();
    const spaceId = await makeSpace(inviter);
    const [one, two, gone, fresh] = [someEmail(), someEmail(), someEmail(), someEmail()];
    const old = as(inviter, { now: NOW - 8 * DAY });
    const words = { ...inviteForm, subject: 'As it was', locale: 'ja' as const };
    await invitations.inviteGuests(old, spaceId, { ...words, addresses: [one, two, gone].join() });
    await invite(inviter, spaceId, fresh);
    const suspended = await makeGuest({ email: gone });
    await accounts.setActive(as(await makeAdministrator()), suspended.id, false);
    const ctx = as(inviter);
    expect(await invitations.resendExpired(ctx, spaceId)).toEqual({ sent: 2, not: 1 });
    await ctx.settle();
    expect((await mailsTo(one))[0]).toMatchObject({ subject: 'As it was' });
    expect(await invitationOf(one)).toMatchObject({ status: 'invited', version: 2, locale: 'ja' });
    expect(await invitationOf(fresh)).toMatchObject({ version: 1 });
    expect(await invitations.guestsTab(as(inviter), spaceId)).toMatchObject({ waiting: 3, expired: 1 });
    expect(await audited('invitation.resent', two)).toHaveLength(1);
  });

  it('reaches those behind 500 that are refused because of whose address it is', async () => {
    const inviter = await makeUser();
    const spaceId = await makeSpace(inviter);
    const emails = Array.from({ length: 500 }, () => someEmail('old'));
    const later = someEmail('later');
    const at = (days: number) => as(inviter, { now: NOW - days * DAY });
    await invitations.inviteGuests(at(9), spaceId, { ...inviteForm, addresses: emails.join() });
    await invitations.inviteGuests(at(8), spaceId, { ...inviteForm, addresses: later });
    for (const [i, email] of emails.entries())
      await (i % 2 ? makeUser({ email }) : makeGuest({ email, status: 'inactive' }));
    expect(await invitations.resendExpired(as(inviter), spaceId)).toEqual({ sent: 1, not: 499 });
    expect(await invitationOf(later)).toMatchObject({ status: 'invited', version: 2 });
  });
});

describe('the copied link, where the policy mails the password', () => {
  it('keeps it sealed until the code, mails it then, and forgets it', async () => {
    await site({ policy: presets.documented });
    const { inviter, spaceId, email, id } = await invited();
    const url = await invitations.copyLink(as(inviter), spaceId, id);
    const { ctx } = await signUp(url.slice(url.lastIndexOf('/') + 1));
    expect(JSON.stringify(await dump())).not.toContain(PASSWORD);
    expect(await count('login_challenge', 'invitation_id = ? and sealed_password is not null', id)).toBe(1);
    await verify(ctx.jar, await codeTo(email));
    expect(await count('login_challenge', 'invitation_id = ? and sealed_password is not null', id)).toBe(0);
    const welcome = (await mailsTo(email)).find((mail) => mail.subject === 'Sign-up is complete!');
    expect(welcome?.text).toContain(PASSWORD);
  });
});
