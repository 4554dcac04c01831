import { beforeAll, expect, it } from 'vitest';
import { bindings, HOUR, Jar, MINUTE, testContext, visit, type Surroundings } from '../../../tests/contexts';
import { account, makeGuest, site, someEmail } from '../../../tests/factories';
import { invited, signUp } from '../../../tests/invitations';
import { login, verify } from '../../../tests/logins';
import { codeTo, linkIn, mailboxSecrets, mailsTo } from '../../../tests/mailbox';
import { count, refusal } from '../../../tests/helpers';
import * as invitations from './invitations';
import * as outbox from './mail/outbox';
import * as notifications from './notifications';
import * as rateLimit from './rate-limit';
import * as accounts from './accounts';

/** After a change of secret, what the old one made still works, and new things use the new one. */

const NOW = Date.now();
const before = bindings.FOYER_SECRET!;
const current = 'Jt5vQx8Lr2ZkWm9Yc4Hs7BfNd1GpTe6AuKoVi3RwMbS';
const changed = { config: { secret: [current, before] as const } };
/** The previous secret was deleted. */
const over = { config: { secret: [current] as const } };

const miss = (email: string, from: Surroundings) =>
  login(email, { ...from, password: 'wrong 1' }).catch((reason) => reason.detail.key);

beforeAll(() => {
  mailboxSecrets.push(current);
});

it('open invitations, the mailed link and the copied one', async () => {
  for (const linkKind of ['mail', 'copy'] as const) {
    const { token, email, id } = await invited();
    const link = linkKind === 'mail' ? token : new URL(await copied(id)).pathname.split('/')[2]!;
    expect(await invitations.stateOf(testContext(changed), link)).toMatchObject({ state: 'open', linkKind });
    await expect(invitations.stateOf(testContext(over), link)).rejects.toMatchObject(refusal('missing'));
    if (linkKind === 'mail') await signUp(link, { ...changed, name: 'New Guest' });
    expect(Boolean(await account(email))).toBe(linkKind === 'mail');
  }
});

/** As the inviter's page showed it before the change. */
async function copied(id: string): Promise<string> {
  const { urlOf } = await import('./invitations/links');
  return urlOf(testContext(), id, 1, 'copy');
}

it('waiting mail is sent, and a mail of the new secret is not readable with the previous one', async () => {
  for (const [made, opened, says] of [
    [{}, changed, 'sent'],
    [changed, {}, 'failed'],
    [changed, over, 'sent'],
    [{}, over, 'failed'],
  ] as const) {
    const ctx = testContext(made as Surroundings);
    const mail = await outbox.queue(ctx, {
      to: someEmail(),
      locale: 'en',
      message: { kind: 'removed', siteName: 'Foyer', spaceName: 'Pier' },
      nudge: false,
    });
    await ctx.commit([mail.statement]);
    expect(await outbox.deliver(testContext(opened as Surroundings), mail.id)).toBe(says);
  }
});

it('pending codes', async () => {
  await site({ twoStep: true });
  const guest = await makeGuest();
  const { jar } = await login(guest.email, { now: NOW });
  const code = await codeTo(guest.email);
  await expect(verify(new Jar(jar), code, { ...over, now: NOW })).rejects.toMatchObject(refusal('invalid'));
  expect(await verify(jar, code, { ...changed, now: NOW })).toBe('/');
  await site({ twoStep: false });
});

it('known browsers', async () => {
  const guest = await makeGuest();
  const { jar } = await login(guest.email, { now: NOW });
  for (let i = 0; i < 10; i++) await miss(guest.email, { ...changed, now: NOW });
  jar.delete('foyer');
  expect(await miss(guest.email, { ...changed, now: NOW })).toBe('login.throttled');
  expect((await login(guest.email, { ...changed, now: NOW, jar: new Jar(jar) })).to).toBe('/');
  // A cookie of a deleted secret counts as unknown, and is locked like any other.
  expect(await miss(guest.email, { ...over, now: NOW, jar })).toBe('login.throttled');
});

it('counters go on where they were, locks too, and are lifted by a success', async () => {
  const guest = await makeGuest();
  for (let i = 0; i < 6; i++) expect(await miss(guest.email, { now: NOW })).toBe('login.wrong');
  for (let i = 0; i < 4; i++) expect(await miss(guest.email, { ...changed, now: NOW })).toBe('login.wrong');
  expect(await miss(guest.email, { ...changed, now: NOW })).toBe('login.throttled');
  const key = rateLimit.key(testContext(changed), 'name', guest.email);
  expect(await rateLimit.lockedUntil(testContext(changed), key)).toBe(NOW + 3 * MINUTE);
  await login(guest.email, { ...changed, now: NOW + HOUR });
  expect(await count('throttle', `key in ('${key.join(`', '`)}')`)).toBe(0);
  // A new counter uses the current secret.
  await miss(guest.email, { ...changed, now: NOW + HOUR });
  expect(await count('throttle', 'key = ?', key[0])).toBe(1);
});

it('links that stop notification mail', async () => {
  const guest = await makeGuest();
  const token = new URL(notifications.unsubscribeUrl(testContext(), guest.id)).pathname.split('/')[2]!;
  await expect(accounts.unsubscribe(testContext(over), token)).rejects.toMatchObject(refusal('missing'));
  await accounts.unsubscribe(testContext(changed), token);
  expect((await account(guest.email))!.mailAbout).toBe('nothing');
});

it('a password that waits, sealed, for the code of a copied link', async () => {
  const { presets } = await import('./settings');
  await site({ policy: presets.documented });
  const { email, id } = await invited();
  const { ctx } = await signUp(new URL(await copied(id)).pathname.split('/')[2]!, {});
  await verify(ctx.jar, await codeTo(email), changed);
  const [welcome] = (await mailsTo(email)).filter((mail) => mail.text.includes('quiet harbour 27 lamps'));
  expect(welcome).toBeDefined();
});

it('what is new is made with the current secret', async () => {
  const { email, token } = await invited(changed);
  expect(linkIn((await mailsTo(email))[0]!)).toBe(token);
  await expect(invitations.stateOf(testContext(), token)).rejects.toMatchObject(refusal('missing'));
  const { jar } = await signUp(token, changed).then(({ ctx }) => ctx);
  expect((await visit(jar, over)).actor?.email).toBe(email);
});
