// The whole journey and the secrets it leaves in the database, the demo's seed, and cron.
import { describe, expect, it, vi } from 'vitest';
import { as, bindings, config, DAY, Jar, MINUTE, testContext, visit } from '../../../tests/contexts';
import { account, makeAdministrator, site, someEmail, spaceForm } from '../../../tests/factories';
import { invitationOf, invite, signUp, inviteForm } from '../../../tests/invitations';
import { login, verify } from '../../../tests/logins';
import { codeTo, linkIn, mailsTo } from '../../../tests/mailbox';
import { count, dump, refusal, tables, whileFailing } from '../../../tests/helpers';
import * as accounts from './accounts';
import * as cron from './cron';
import { randomId } from './crypto';
import * as invitations from './invitations';
import * as outbox from './mail/outbox';
import * as memberships from './memberships';
import * as seed from './seed';
import { presets } from './settings';
import * as spaces from './spaces';
import * as threads from './threads';

const NOW = Date.now();

it('a journey leaves no password, code or token readable in D1, KV or an audit entry', async () => {
  await site({ policy: presets.documented, twoStep: true });
  const ava = await makeAdministrator();
  const spaceId = await spaces.create(as(ava), spaceForm, [], randomId());
  const [mailed, handed] = [someEmail('mailed'), someEmail('handed')];
  await invite(ava, spaceId, [mailed, handed].join());
  const secrets: string[] = [];
  const keep = <T extends string>(secret: T): T => (secrets.push(secret), secret);
  const keepCookies = (jar: Jar) => [...jar.values()].forEach((value) => keep(value.split('.')[0]!));

  // Joins by the mailed link, with a password that the confirmation mail repeats.
  const password = keep('Zanzibar-4711');
  await signUp(keep(linkIn((await mailsTo(mailed))[0]!)), { password });
  expect((await mailsTo(mailed))[0]!.text).toContain(password);
  // Joins by the copied link and its code.
  const { id } = await invitationOf(handed, spaceId);
  const copy = (await invitations.copyLink(as(ava), spaceId, id)).split('/').pop()!;
  const copied = await signUp(keep(copy), { password: keep('Mombasa-0815') });
  keepCookies(copied.ctx.jar);
  await verify(copied.ctx.jar, keep(await codeTo(handed)));
  keepCookies(copied.ctx.jar);
  // The second login needs a code.
  const second = await login(mailed, { password });
  keepCookies(second.jar);
  await verify(second.jar, keep(await codeTo(mailed)));
  keepCookies(second.jar);
  // An unfinished login, a wrong password, a reset, a change, an unanswered invitation.
  const half = await login(handed, { password: 'Mombasa-0815' });
  keepCookies(half.jar);
  keep(await codeTo(handed));
  await login(mailed, { password: keep('Lisbon-wrong-1') }).catch(() => undefined);
  const asked = testContext();
  accounts.askReset(asked, mailed);
  await asked.settle();
  const link = keep(linkIn((await mailsTo(mailed)).find((m) => m.text.includes('/reset/'))!));
  await accounts.reset(testContext(), link, keep('Valparaiso-99'));
  const again = await login(handed, { password: 'Mombasa-0815' });
  await verify(again.jar, keep(await codeTo(handed)));
  keepCookies(again.jar);
  const me = await visit(again.jar);
  await accounts.changePassword(me, { current: 'Mombasa-0815', password: keep('Singapore-12') });
  await invitations.inviteGuests(as(ava), spaceId, {
    addresses: someEmail('waiting'),
    subject: 'S',
    message: 'M',
    locale: 'en',
  });

  expect(secrets.length).toBeGreaterThan(15);
  const { keys } = await bindings.KV.list();
  const kv = await Promise.all(keys.map(async ({ name }) => [name, await bindings.KV.get(name)]));
  // A time or size may contain these six digits by chance, but no whole value or word may be the code.
  const all = JSON.stringify([await dump(), kv]);
  for (const secret of secrets) {
    if (/^\d{6}$/.test(secret)) expect(all).not.toMatch(new RegExp(`(?<![\\w-])${secret}(?![\\w-])`));
    else expect(all).not.toContain(secret);
  }
  // Delivered mails are erased, and nothing else keeps a link.
  expect(await count('mail', `status = 'sent' and sealed is not null`)).toBe(0);
  expect(all).not.toMatch(/\/(signup|reset)\/[a-z2-7]/);
});

it('names its tables as singular nouns', async () => {
  for (const name of await tables()) expect(name).not.toMatch(/[^s]s$/);
});

it('a guest is in everything of the space, and out of everything at once', async () => {
  await site({ policy: presets.hardened, twoStep: false });
  const ava = await makeAdministrator();
  const spaceId = await spaces.create(as(ava), spaceForm, [], randomId());
  const email = someEmail('gil');
  await invite(ava, spaceId, email);
  const { ctx } = await signUp(linkIn((await mailsTo(email))[0]!));
  const gil = await visit(ctx.jar);
  const threadId = await threads.begin(gil, spaceId, { title: 'Piles', body: '', requestKey: randomId() });
  await threads.addComment(gil, spaceId, threadId, { body: 'Thursday', requestKey: randomId() });
  await memberships.removeGuest(as(ava), spaceId, (await account(email))!.id);
  const next = await visit(ctx.jar);
  await expect(threads.read(next, spaceId, threadId)).rejects.toMatchObject(refusal('missing'));
  expect((await spaces.portal(next)).spaces).toEqual([]);
});

describe('Cron', () => {
  it('is idempotent: a second run in the same minute changes nothing', async () => {
    const ava = await makeAdministrator();
    const spaceId = await spaces.create(as(ava), spaceForm, [], randomId());
    await invite(ava, spaceId, someEmail(), { now: NOW - 8 * DAY });
    await cron.run(testContext({ now: NOW + 1 }));
    const before = await dump();
    await cron.run(testContext({ now: NOW + 1 }));
    expect(await dump()).toEqual(before);
    expect(await count('invitation', `space_id = ? and status = 'expired'`, spaceId)).toBe(1);
  });

  it('sends what the queue lost', async () => {
    const ava = await makeAdministrator();
    const spaceId = await spaces.create(as(ava), spaceForm, [], randomId());
    const email = someEmail();
    // The nudge is lost: nobody settles.
    await invitations.inviteGuests(as(ava), spaceId, { ...inviteForm, addresses: email });
    expect(await mailsTo(email)).toHaveLength(0);
    for (let i = 0; i < 5; i++) await cron.run(testContext({ now: NOW + 5 * MINUTE }));
    expect(await mailsTo(email)).toHaveLength(1);
  });

  it('goes on with the other steps when one fails', async () => {
    const ava = await makeAdministrator();
    const spaceId = await spaces.create(as(ava), spaceForm, [], randomId());
    const email = someEmail();
    await invitations.inviteGuests(as(ava), spaceId, { ...inviteForm, addresses: email });
    await invite(ava, spaceId, someEmail(), { now: NOW - 8 * DAY });
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    await whileFailing('invitation', '1', () => cron.run(testContext({ now: NOW + 5 * MINUTE })));
    expect(said).toHaveBeenCalledWith('cron: expire invitations failed', expect.anything());
    said.mockRestore();
    expect(await mailsTo(email)).toHaveLength(1);
  });
});

describe('the seed', () => {
  it('works only locally, only with a set-up token, only on an empty site', async () => {
    for (const not of [{ local: false }, { setupToken: null }])
      await expect(seed.plant(testContext({ config: not }), bindings)).rejects.toMatchObject(
        refusal('missing'),
      );
    await site({ setUp: true });
    await expect(seed.plant(testContext(), bindings)).rejects.toMatchObject(refusal('conflict'));
  });

  it('makes the demo, once', async () => {
    for (const name of [
      'setting',
      'comment',
      'thread',
      'invitation',
      'membership',
      'space',
      'session',
      'user',
      'throttle',
    ])
      await bindings.DB.exec(`delete from "${name}"`);
    const ctx = testContext({ config: { ...config, seed: true } });
    await seed.plant(ctx, bindings);
    await ctx.settle();
    const before = await dump();
    await seed.plant(testContext({ config: { ...config, seed: true } }), bindings);
    expect(await dump()).toEqual(before);
    // As if it had died half-way: it starts over, and there is still only one.
    await site({ seeded: false, seeding: true });
    const again = testContext({ config: { ...config, seed: true } });
    await seed.plant(again, bindings);
    await again.settle();
    expect(await count('space')).toBe(1);
    for (const email of [
      'ava@foyer.example',
      'ben@foyer.example',
      'cho@foyer.example',
      'gil@partner.example',
    ])
      expect((await login(email, { password: 'foyer-demo-1' })).to).toBe('/');
    expect(await account('ava@foyer.example')).toMatchObject({ administrator: true });
    expect(await account('ben@foyer.example')).toMatchObject({ administrator: false, canCreateSpaces: true });
    expect(await account('cho@foyer.example')).toMatchObject({
      administrator: false,
      canCreateSpaces: false,
    });
    const gil = as((await account('gil@partner.example'))!);
    const [home] = (await spaces.portal(gil)).spaces;
    expect(home).toMatchObject({ name: 'Harbour Bridge', guestCount: 1 });
    const ava = as((await account('ava@foyer.example'))!);
    const { rows } = await invitations.guestsTab(ava, home!.id);
    expect(rows.map((r) => r.status).sort()).toEqual(['active', 'expired', 'invited']);
    // Times are whole milliseconds.
    for (const table of ['user', 'invitation', 'thread', 'comment', 'session', 'audit_entry', 'mail'])
      for (const row of (await dump())[table] as Record<string, unknown>[])
        for (const [column, value] of Object.entries(row))
          if (/(^|_)at$/.test(column) && value !== null)
            expect(Number.isInteger(value), `${table}.${column}`).toBe(true);
    await outbox.sendDue(testContext());
  });
});
