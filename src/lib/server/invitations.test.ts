import { describe, expect, it } from 'vitest';
import {
  account,
  as,
  codeTo,
  DAY,
  HOUR,
  invitationOf,
  invite,
  invited,
  inviteForm,
  Jar,
  joinSpace,
  linkIn,
  login,
  mailsTo,
  makeAdministrator,
  makeGuest,
  makeSpace,
  makeUser,
  MINUTE,
  PASSWORD,
  signUp,
  site,
  someEmail,
  testContext,
  verify,
  visit,
  wrong,
} from '../../../tests/factories';
import { audited, count, countingD1, dump, parallel, refusal, whileFailing } from '../../../tests/helpers';
import * as accounts from './accounts';
import * as cron from './cron';
import * as invitations from './invitations';
import * as memberships from './memberships';
import { presets } from './settings';

const NOW = Date.now();

/** What the page behind a link says to somebody without an account, or to this browser. */
const stateOf = async (token: string, from: { now?: number; jar?: Jar } = {}) =>
  (await invitations.arrive(from.jar ? await visit(from.jar, from) : testContext(from), token)).state;

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
    expect(await account(email)).toMatchObject({ loginCount: 1, mailboxProvedAt: expect.any(Number) });
    expect(await peopleIn(spaceId)).toBe(2);
    expect(await stateOf(token, { jar: ctx.jar })).toBe('member');
    expect(await stateOf(token)).toBe('used');
    expect(await audited('invitation.accepted', email)).toMatchObject([{ detail: { via: 'mail' } }]);
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
      expect((await invitations.arrive(ctx, token)).state).toBe('open');
      await ctx.settle();
      expect(ctx.jar.size).toBe(0);
    }
    expect(await dump()).toEqual(before);
  });

  it('is unknown when one character is another', async () => {
    const { token } = await invited();
    const other = token.slice(0, -1) + (token.endsWith('a') ? 'b' : 'a');
    await expect(invitations.arrive(testContext(), other)).rejects.toMatchObject(refusal('missing'));
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
    expect(await audited('invitation.accepted', story.email)).toMatchObject([{ detail: { via: 'copy' } }]);
    expect(await audited('invitation.link-copied', story.email)).toHaveLength(1);
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
    expect(await audited('invitation.cancelled', id)).toHaveLength(1);
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
    expect(await invitations.arrive(ctx, token)).toMatchObject({
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
      [...typed, again, fresh, foreign, 'no.body', fresh].join(),
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
    expect(of('no.body')).toMatchObject([{ result: 'refused', reason: 'invite.malformed' }]);
    expect(outcomes).toHaveLength(8);
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
    // Whatever came last is the one link that works.
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
    // Again: all of them are renewed in as few.
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
    expect(await invitations.guestsTab(as(inviter), spaceId)).toMatchObject({ open: 1, sending: 1 });
    await ctx.settle();
    expect(await rowOf(inviter, spaceId, email)).toMatchObject({
      delivery: { state: 'sent', failure: null },
    });
    expect(await invitations.guestsTab(as(inviter), spaceId)).toMatchObject({ open: 1, sending: 0 });
  });

  it('goes on by key after a hundred rows', async () => {
    const inviter = await makeUser();
    const spaceId = await makeSpace(inviter);
    const emails = Array.from({ length: 150 }, () => someEmail('page'));
    await invitations.inviteGuests(as(inviter), spaceId, { ...inviteForm, addresses: emails.join() });
    const first = await invitations.guestsTab(as(inviter), spaceId);
    const second = await invitations.guestsTab(as(inviter), spaceId, first.next!);
    expect(second.next).toBeNull();
    expect([...first.rows, ...second.rows].map((r) => r.email).sort()).toEqual(emails.sort());
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
    const outcomes = await invite(inviter, await makeSpace(inviter), 'nobody, nobody; NOBODY nobody');
    expect(outcomes.filter((o) => o.typed === 'nobody')).toHaveLength(1);
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
