/** Which language people are written in. */
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { as, Jar, ORIGIN, testContext, visit } from '../../../tests/contexts';
import {
  account,
  makeAdministrator,
  makeGuest,
  makeSpace,
  makeUser,
  site,
  someEmail,
} from '../../../tests/factories';
import { inviteForm, invitationOf, signUp } from '../../../tests/invitations';
import { login, verify } from '../../../tests/logins';
import { codeTo, linkIn, mailsTo } from '../../../tests/mailbox';
import type { Locale } from '../messages';
import * as accounts from './accounts';
import * as invitations from './invitations';
import * as memberships from './memberships';
import { user } from './schema';
import * as threads from './threads';
import { mailDue } from './notifications';
import { randomId } from './crypto';
import { askedLocale } from './plain-pages';

const japanese = /[ぁ-ん]/;
const subjects = async (email: string) => (await mailsTo(email)).map((mail) => mail.subject);

/** Invited in one language, in a browser that asks for another, or for none of ours. */
async function arrived(invitedIn: Locale, browser?: Locale) {
  const inviter = await makeUser({ locale: 'en' });
  const spaceId = await makeSpace(inviter);
  const email = someEmail('new');
  const ctx = as(inviter);
  await invitations.inviteGuests(ctx, spaceId, { ...inviteForm, addresses: email, locale: invitedIn });
  await ctx.settle();
  const token = linkIn((await mailsTo(email))[0]!);
  await signUp(token, { locale: browser, name: 'Hanako' });
  return { inviter, spaceId, email, guest: (await account(email))! };
}

describe('the language of the invitation becomes the guest’s own', () => {
  it.each([
    ['ja', undefined, 'ja'],
    ['en', undefined, 'en'],
    ['ja', 'ja', 'ja'],
    ['ja', 'en', 'en'],
    ['en', 'ja', 'ja'],
  ] as const)('invited in %s, browser asks for %s: %s', async (invitedIn, browser, own) => {
    const { guest, email } = await arrived(invitedIn, browser);
    expect(guest.locale).toBe(own);
    const [welcome] = await subjects(email);
    expect(japanese.test(welcome!)).toBe(own === 'ja');
  });

  it('also of a user, and of an account that joins and has none; a choice stays', async () => {
    const administrator = await makeAdministrator({ locale: 'en' });
    const email = someEmail('colleague', 'foyer.example');
    const ctx = as(administrator);
    await invitations.inviteUser(ctx, { email, administrator: false, canCreateSpaces: false, locale: 'ja' });
    await ctx.settle();
    await signUp(linkIn((await mailsTo(email))[0]!));
    expect((await account(email))!.locale).toBe('ja');

    const inviter = await makeUser();
    for (const [before, after] of [
      [null, 'ja'],
      ['en', 'en'],
    ] as const) {
      const guest = await makeGuest({ locale: before });
      const spaceId = await makeSpace(inviter);
      await invitations.inviteGuests(as(inviter), spaceId, {
        ...inviteForm,
        addresses: guest.email,
        locale: 'ja',
      });
      const { id, version } = await invitationOf(guest.email, spaceId);
      await invitations.join(as(guest), invitations.mailToken(ctx, { id, version }));
      expect((await account(guest.email))!.locale).toBe(after);
    }
  });

  it('also through a copied link, code mail included', async () => {
    const inviter = await makeUser({ locale: 'en' });
    const spaceId = await makeSpace(inviter);
    const email = someEmail('new');
    await invitations.inviteGuests(as(inviter), spaceId, { ...inviteForm, addresses: email, locale: 'ja' });
    const { id } = await invitationOf(email, spaceId);
    const url = await invitations.copyLink(as(inviter), spaceId, id);
    const jar = new Jar();
    await signUp(url.split('/').pop()!, { jar });
    expect((await mailsTo(email))[0]!.text).toMatch(japanese);
    await verify(jar, await codeTo(email));
    expect((await account(email))!.locale).toBe('ja');
  });

  it('the page behind the link is read in it where the browser asks for none of ours', async () => {
    const { email, spaceId } = await arrived('ja');
    const { id, version } = await invitationOf(email, spaceId);
    const ctx = testContext();
    expect(await invitations.languageOf(ctx, invitations.mailToken(ctx, { id, version }))).toBe('ja');
    expect(await invitations.languageOf(ctx, 'rubbish')).toBeNull();
  });
});

describe('every later mail is in the reader’s language, whoever causes it', () => {
  it('code, reset, password, notification, removed', async () => {
    await site({ twoStep: true });
    const { inviter, spaceId, email, guest } = await arrived('ja');
    const english = { locale: 'en' } as const;
    const { jar } = await login(email, english);
    await verify(jar, await codeTo(email), english);
    accounts.askReset(await visit(jar, english), email);
    const asking = testContext(english);
    accounts.askReset(asking, email);
    await asking.settle();
    await accounts.reset(testContext(english), linkIn((await mailsTo(email))[0]!), 'another quiet 27 lamps');
    const writer = as(inviter, english);
    await threads.begin(writer, spaceId, { title: 'Plan', body: '@Hanako look', requestKey: randomId() });
    await writer.settle();
    await mailDue(writer);
    await writer.settle();
    const removing = as(inviter, english);
    await memberships.removeGuest(removing, spaceId, guest.id);
    await removing.settle();
    const texts = (await mailsTo(email)).filter((mail) => mail.subject !== inviteForm.subject);
    expect(texts.length).toBeGreaterThanOrEqual(5);
    for (const mail of texts) expect([mail.subject, japanese.test(mail.text)]).toEqual([mail.subject, true]);
  });

  it('who has no language is written in the site’s own, not in that of whoever caused it', async () => {
    const inviter = await makeUser({ locale: 'ja' });
    const guest = await makeGuest();
    const spaceId = await makeSpace(inviter);
    await testContext().db.update(user).set({ locale: null }).where(eq(user.id, guest.id));
    await invitations.inviteGuests(as(inviter), spaceId, { ...inviteForm, addresses: guest.email });
    const { id, version } = await invitationOf(guest.email, spaceId);
    await invitations.join(as(guest), invitations.mailToken(testContext(), { id, version }));
    await testContext().db.update(user).set({ locale: null }).where(eq(user.id, guest.id));
    const removing = as(inviter, { locale: 'ja' });
    await memberships.removeGuest(removing, spaceId, guest.id);
    await removing.settle();
    expect((await mailsTo(guest.email))[0]!.text).not.toMatch(japanese);
  });

  it('an inviter who is asked for a new link reads it in theirs, not in the guest’s', async () => {
    const inviter = await makeUser({ locale: 'en' });
    const spaceId = await makeSpace(inviter);
    const email = someEmail('late');
    const long = Date.now() - 9 * 86_400_000;
    await invitations.inviteGuests(as(inviter, { now: long }), spaceId, {
      ...inviteForm,
      addresses: email,
      locale: 'ja',
    });
    const { id, version } = await invitationOf(email, spaceId);
    const asking = testContext({ locale: 'ja' });
    await invitations.askAgain(asking, invitations.mailToken(asking, { id, version }));
    await asking.settle();
    expect((await mailsTo(inviter.email))[0]!.text).not.toMatch(japanese);
  });
});

it('“*” in the list of a browser names no language', () => {
  const asked = (list: string) => askedLocale(new Request(ORIGIN, { headers: { 'accept-language': list } }));
  expect(['*', 'fr, *;q=0.5', '*, ja;q=0.5', 'ja', 'fr'].map(asked)).toEqual([
    undefined,
    undefined,
    'ja',
    'ja',
    undefined,
  ]);
});
