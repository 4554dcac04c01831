import { beforeEach, describe, expect, it } from 'vitest';
import { contents } from '../../../../tests/archives';
import { as, bindings, DAY, testContext, visit } from '../../../../tests/contexts';
import {
  makeAdministrator,
  makeGuest,
  makeSpace,
  makeUser,
  PASSWORD,
  site,
} from '../../../../tests/factories';
import { filter } from '../../../../tests/guests';
import { audited, count, parallel, refusal } from '../../../../tests/helpers';
import { invitationOf, invite, invited, signUp } from '../../../../tests/invitations';
import { login, verify } from '../../../../tests/logins';
import { codeTo } from '../../../../tests/mailbox';
import * as accounts from '../accounts';
import * as appearance from '../appearance';
import * as guests from '../guests';
import * as invitations from '../invitations';
import * as settings from '../settings';
import * as terms from '.';

const URL_OF = 'https://foyer.example/terms';
const SHOWN = `1 ${URL_OF}`;
const required = (more = {}) =>
  site({ setUp: true, termsUrl: URL_OF, termsRequired: true, termsVersion: 1, termsAskedAt: 0, ...more });
beforeEach(() => required());

const rowsOf = async (userId: string) =>
  (
    await bindings.DB.prepare('select version, url from acceptance where user_id = ? order by version')
      .bind(userId)
      .all()
  ).results;
const accountOf = async (email: string) =>
  (await bindings.DB.prepare('select * from user where email = ?').bind(email).first<{ id: string }>())!;

/** Logs in, as of a time. @returns whether the terms are due */
const isAsked = async (email: string, now = Date.now()) => {
  const { jar } = await login(email, { now });
  return (await visit(jar, { now: now + 1 })).termsDue;
};

describe('a sign-up', () => {
  it('needs the box, and says so beside what else is wrong', async () => {
    const { token, email } = await invited();
    await expect(signUp(token)).rejects.toMatchObject(refusal('invalid', 'terms.missing'));
    await expect(signUp(token, { password: '1', terms: '' })).rejects.toMatchObject({
      detail: { field: 'password', also: [{ detail: { field: 'terms' } }] },
    });
    expect(await count('user', 'email = ?', email)).toBe(0);
  });

  it('takes only what it showed: neither an older version nor another address', async () => {
    const { token } = await invited();
    await required({ termsVersion: 2 });
    await expect(signUp(token, { terms: SHOWN })).rejects.toMatchObject(refusal('invalid', 'terms.changed'));
    await expect(signUp(token, { terms: '2 https://foyer.example/other' })).rejects.toMatchObject(
      refusal('invalid', 'terms.changed'),
    );
  });

  it('notes who, when, which address and version, and is in the audit', async () => {
    const { token, email } = await invited();
    expect((await signUp(token, { terms: SHOWN })).to).toMatch(/^\/spaces\//);
    const { id } = await accountOf(email);
    expect(await rowsOf(id)).toEqual([{ version: 1, url: URL_OF }]);
    expect(await audited('account.terms-accepted', id)).toMatchObject([
      { actor_id: id, detail: { version: 1, url: URL_OF } },
    ]);
    expect(await isAsked(email)).toBe(false);
  });

  it('through a copied link notes what was accepted before the code', async () => {
    const { id, inviter, spaceId, email } = await invited();
    const url = await invitations.copyLink(as(inviter), spaceId, id);
    const { ctx } = await signUp(new URL(url).pathname.split('/').at(-1)!, { terms: SHOWN });
    await required({ termsVersion: 2 });
    await verify(ctx.jar, await codeTo(email));
    expect(await rowsOf((await accountOf(email)).id)).toEqual([{ version: 1, url: URL_OF }]);
    expect(await isAsked(email)).toBe(true);
  });

  it('of a user needs none, nor where it is off', async () => {
    const ava = await makeAdministrator();
    const email = 'invited.user@foyer.example';
    const ctx = as(ava);
    await invitations.inviteUser(ctx, {
      ...{ email, administrator: false, canCreateSpaces: false, locale: 'en', declinedToo: false },
    });
    await ctx.settle();
    const { id, version } = await invitationOf(email);
    await signUp(invitations.mailToken(testContext(), { id, version }));
    expect(await rowsOf((await accountOf(email)).id)).toEqual([]);
    await site({ termsRequired: false });
    const { token, email: other } = await invited();
    await signUp(token, { terms: SHOWN });
    expect(await rowsOf((await accountOf(other)).id)).toEqual([]);
  });
});

describe('asked again', () => {
  const change = async (more: Partial<Parameters<typeof appearance.change>[1]>, now: number) => {
    const saved = await settings.read(testContext());
    const ctx = as(await makeAdministrator(), { now });
    await appearance.change(ctx, {
      ...{ ...settings.faceOf(saved), ...more },
      ...{ logo: [], removeLogo: false, revision: saved.revision, termsAgain: more.termsAgain ?? '' },
    });
    return settings.read(testContext());
  };

  it('at the next login: who is signed in goes on', async () => {
    const now = Date.now();
    const gil = await makeGuest();
    await site({ termsRequired: false });
    const { jar } = await login(gil.email, { now });
    await change({ termsRequired: true }, now + 1_000);
    expect((await visit(jar, { now: now + 2_000 })).termsDue).toBe(false);
    expect(await isAsked(gil.email, now + 3_000)).toBe(true);
    for (const who of [await makeUser(), await makeAdministrator()])
      expect(await isAsked(who.email, now + 3_000)).toBe(false);
  });

  it('a new version asks everybody, once; a form that comes twice raises it once', async () => {
    const now = Date.now();
    const gil = await makeGuest();
    await terms.accept(as(gil), SHOWN);
    expect(await isAsked(gil.email, now)).toBe(false);
    expect(await change({ termsAgain: '1' }, now + 1_000)).toMatchObject({ termsVersion: 2 });
    expect(await change({ termsAgain: '1' }, now + 1_001)).toMatchObject({ termsVersion: 2 });
    expect(await isAsked(gil.email, now + DAY)).toBe(true);
    await terms.accept(as(gil), `2 ${URL_OF}`);
    expect(await isAsked(gil.email, now + DAY)).toBe(false);
    expect(await rowsOf(gil.id)).toHaveLength(2);
  });

  it('needs an address, on https', async () => {
    await expect(change({ termsUrl: null }, Date.now())).rejects.toMatchObject(
      refusal('invalid', 'appearance.terms-url-missing'),
    );
  });

  it('while it is due, an invitation is joined only behind it', async () => {
    const gil = await makeGuest();
    const ben = await makeUser();
    const spaceId = await makeSpace(ben);
    await invite(ben, spaceId, gil.email);
    const { jar } = await login(gil.email);
    const { id, version } = await invitationOf(gil.email);
    const token = invitations.mailToken(testContext(), { id, version });
    expect(await invitations.join(await visit(jar), token)).toBe(`/terms?next=/signup/${token}`);
    expect(await count('membership', 'user_id = ?', gil.id)).toBe(0);
    await terms.accept(await visit(jar), SHOWN);
    expect(await invitations.join(await visit(jar), token)).toBe(`/spaces/${spaceId}`);
  });
});

describe('what was accepted', () => {
  it('is written once, by twenty at the same time', async () => {
    const gil = await makeGuest();
    await parallel(20, () => terms.accept(as(gil), SHOWN));
    expect(await rowsOf(gil.id)).toHaveLength(1);
    expect(await audited('account.terms-accepted', gil.id)).toHaveLength(1);
  });

  it('is shown to administrators, in the list of guests too, and to nobody else', async () => {
    const gil = await makeGuest();
    for (const termsVersion of [1, 2]) {
      await required({ termsVersion });
      await terms.accept(as(gil), `${termsVersion} ${URL_OF}`);
    }
    const ctx = as(await makeAdministrator());
    expect((await guests.one(ctx, gil.id)).accepted.map(({ version }) => version)).toEqual([2, 1]);
    const { rows } = await guests.list(ctx, filter({ search: gil.email }));
    expect(rows).toMatchObject([{ terms: { version: 2 } }]);
    const csv = await new Response(
      guests.exported(ctx, filter({ search: gil.email })).pipeThrough(new TextEncoderStream()),
    ).text();
    expect(csv).toMatch(/terms version,terms accepted\r\n.*"2","20\d\d-/);
  });

  it('is in the download of own data, and goes with its person', async () => {
    const gil = await makeGuest();
    await terms.accept(as(gil), SHOWN);
    const all = await contents(await accounts.exported(as(gil)));
    expect(all['profile.json']).toMatchObject({ acceptedTerms: [{ version: 1, address: URL_OF }] });
    await accounts.eraseSelf(as(gil), { current: PASSWORD, typed: gil.email });
    expect(await rowsOf(gil.id)).toEqual([]);
  });

  it('is nothing for who need not accept', async () => {
    const ben = await makeUser();
    await terms.accept(as(ben), SHOWN);
    expect(await rowsOf(ben.id)).toEqual([]);
    await expect(terms.asked(as(ben))).rejects.toMatchObject(refusal('missing'));
  });
});
