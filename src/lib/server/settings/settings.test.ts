import { describe, expect, it } from 'vitest';
import { as, bindings, testContext, visit } from '../../../../tests/contexts';
import { makeAdministrator, makeGuest, makeSpace, makeUser, spaceForm } from '../../../../tests/factories';
import { login } from '../../../../tests/logins';
import { audited, countingD1, refusal } from '../../../../tests/helpers';
import * as accounts from '../accounts';
import * as settings from './index';
import * as spaces from '../spaces';
import * as site from '../site';

describe('a setting', () => {
  it('has its default until it is written', async () => {
    expect(await settings.read(testContext())).toMatchObject({
      siteName: 'Foyer',
      setUp: false,
      twoStep: false,
      allowedDomains: [],
      policy: { preset: 'hardened', minLength: 12, mailPassword: false },
    });
  });

  it('is changed by administrators, and the audit says by whom', async () => {
    const ava = await makeAdministrator();
    await site.changeSettings(as(ava), { twoStep: true });
    expect(await settings.read(testContext())).toMatchObject({ twoStep: true });
    expect(await audited('setting.changed')).toMatchObject([
      { actor_id: ava.id, detail: { twoStep: { from: false, to: true } } },
    ]);
  });

  it('is changed by nobody else', async () => {
    for (const ctx of [as(await makeUser()), as(await makeGuest({ administrator: true })), testContext()])
      await expect(site.changeSettings(ctx, { twoStep: false })).rejects.toMatchObject(refusal('forbidden'));
    expect(await settings.read(testContext())).toMatchObject({ twoStep: true });
  });

  it('that decides a login is read with the account, in one round trip, and never from memory', async () => {
    const guest = await makeGuest();
    const ava = await makeAdministrator();
    for (const twoStep of [false, true, false]) {
      await site.changeSettings(as(ava), { twoStep });
      const { DB, trips } = countingD1();
      const ctx = testContext({ env: { DB } });
      const checked = await accounts
        .checkPassword(ctx, { email: guest.email, password: 'wrong 1' }, 'login.wrong')
        .catch(() => null);
      expect(checked).toBeNull();
      // The second one writes the failure down.
      expect(trips()).toBe(2);
      expect((await login(guest.email)).to).toBe(twoStep ? '/verify' : '/');
    }
  });

  it('says whose guests they are; by default the name of the site says it', () => {
    const site = { siteName: 'Harbour', companyName: '' };
    expect(settings.companyOf(site)).toBe('Harbour');
    expect(settings.companyOf({ ...site, companyName: 'Harbour Ltd' })).toBe('Harbour Ltd');
    expect(settings.hostOf(site)).toBeNull();
    expect(settings.hostOf({ ...site, companyName: 'Harbour' })).toBeNull();
    expect(settings.hostOf({ ...site, companyName: 'Harbour Ltd' })).toBe('Harbour Ltd');
  });

  it('comes with the session', async () => {
    const { jar } = await login((await makeUser()).email);
    const ava = await makeAdministrator();
    await site.changeSettings(as(ava), { siteName: 'Harbour' });
    expect((await visit(jar)).settings?.siteName).toBe('Harbour');
  });
});

describe('the domains of a list', () => {
  it('are read in any form, each once', () => {
    expect(
      settings.domainsOf(
        ' Partner.example, @müller.example;partner.example.\n*.Partner.example、ｘ．example',
      ),
    ).toEqual(['partner.example', 'xn--mller-kva.example', '*.partner.example', 'x.example']);
    expect(settings.domainsOf(' \n ')).toEqual([]);
  });

  it.each([
    'nonsense',
    'a@b.example x',
    'partner.example/x',
    'ok.example, http://x.example',
    '10.0.0.1',
    '*.*.example',
    'par*.example',
  ])('%j is refused: saved, it would fit nobody', (typed) =>
    expect(() => settings.domainsOf(typed)).toThrow(expect.objectContaining(refusal('invalid'))),
  );

  it('are no addresses: the sentence says what to type', () => {
    expect(() => settings.domainsOf('Gil@Partner.example')).toThrow(
      expect.objectContaining({
        detail: expect.objectContaining({
          key: 'authentication.domains-address',
          params: { address: 'Gil@Partner.example', domain: 'partner.example' },
        }),
      }),
    );
  });

  it('that were stored before and fit nobody are named', async () => {
    const site = await settings.read(testContext());
    const allowedDomains = ['10.0.0.1', 'partner.example.', '*.partner.example', 'a.*.example'];
    expect(settings.deadDomains({ ...site, allowedDomains })).toEqual(['10.0.0.1', 'a.*.example']);
  });
});

describe('healthy', () => {
  it('once the newest migration is applied, and the seed done where one is expected', async () => {
    expect(await settings.healthy(testContext())).toBe(true);
    expect(await settings.healthy(testContext({ config: { seed: true } }))).toBe(false);
    const ctx = testContext();
    await ctx.commit([settings.put(ctx, 'seeded', true)]);
    expect(await settings.healthy(testContext({ config: { seed: true } }))).toBe(true);
  });

  it('not before', async () => {
    const { results } = await bindings.DB.prepare('select * from d1_migrations').all<{
      id: number;
      name: string;
    }>();
    const last = results.at(-1)!;
    await bindings.DB.prepare('delete from d1_migrations where id = ?').bind(last.id).run();
    expect(await settings.healthy(testContext())).toBe(false);
    await bindings.DB.prepare('insert into d1_migrations (id, name) values (?, ?)')
      .bind(last.id, last.name)
      .run();
    expect(await settings.healthy(testContext())).toBe(true);
  });
});

describe('a stale form', () => {
  it('switches nothing back that somebody else has switched since', async () => {
    const ava = await makeAdministrator();
    const { revision } = await settings.read(testContext());
    await site.changeSettings(as(ava), { twoStep: true }, revision);
    await expect(site.changeSettings(as(ava), { twoStep: false }, revision)).rejects.toMatchObject(
      refusal('conflict', 'form.stale'),
    );
    expect((await settings.read(testContext())).twoStep).toBe(true);
    await site.changeSettings(as(ava), { twoStep: false }, revision + 1);
  });

  it('of a space overwrites no announcement', async () => {
    const ava = await makeUser();
    const spaceId = await makeSpace(ava);
    const { updatedAt } = await spaces.settingsOf(as(ava), spaceId);
    await spaces.change(
      as(ava, { now: updatedAt + 1 }),
      spaceId,
      { ...spaceForm, announcement: 'First' },
      { updatedAt },
    );
    await expect(
      spaces.change(as(ava), spaceId, { ...spaceForm, announcement: 'Second' }, { updatedAt }),
    ).rejects.toMatchObject(refusal('conflict', 'form.stale'));
    expect((await spaces.settingsOf(as(ava), spaceId)).announcement).toBe('First');
  });
});
