import { beforeAll, describe, expect, it } from 'vitest';
import { contents } from '../../../../../tests/archives';
import { as, bindings, type User } from '../../../../../tests/contexts';
import { makeAdministrator, makeGuest, makeSpace, makeUser, site } from '../../../../../tests/factories';
import { audited, refusal } from '../../../../../tests/helpers';
import { joinSpace } from '../../../../../tests/invitations';
import { login } from '../../../../../tests/logins';
import * as accounts from '..';
import { randomId } from '../../crypto';
import * as memberships from '../../memberships';
import * as threads from '../../threads';
import { fileParts as partsQuery, partsOf } from '.';

let host: User;
let guest: User;
let other: User;
let spaceId: number;
beforeAll(async () => {
  await site({ setUp: true, siteName: 'Foyer', twoStep: false });
  host = await makeUser({ name: 'Ava Lind' });
  [guest, other] = [await makeGuest({ name: 'Gil Moreau' }), await makeGuest({ name: 'Noor Haddad' })];
  spaceId = await makeSpace(host, { name: 'Harbour Bridge' });
  for (const who of [guest, other]) await joinSpace(host, spaceId, who);
});

const begin = (who: User, title: string, body: string, more = {}) =>
  threads.begin(as(who), spaceId, { title, body, requestKey: randomId(), ...more });
const answer = (who: User, thread: number, body: string, names: string[] = []) =>
  threads.addComment(as(who), spaceId, thread, {
    body,
    requestKey: randomId(),
    files: names.map((name) => new File([`bytes of ${name}`], name)),
  });
type Texts = { title: string | null; space: string | null; text: string; onlyForCompany: boolean }[];
const dataOf = async (who: User) => contents(await accounts.exported(as(who)));

describe('the archive of own data', () => {
  it('has what somebody wrote, its versions and their files, and nothing that others wrote', async () => {
    const thread = await begin(host, 'Piles', 'By the host');
    const id = await answer(guest, thread, 'First words', ['plan.pdf', '../plan.pdf']);
    await answer(other, thread, 'By another');
    const { editedAt } = await threads.source(as(guest), spaceId, thread, id);
    await threads.edit(as(guest), spaceId, thread, id, { body: 'Better words', editedAt });
    const all = await dataOf(guest);
    expect((all['texts.json'] as Texts).at(-1)).toMatchObject({
      space: 'Harbour Bridge',
      title: 'Piles',
      text: 'Better words',
    });
    expect(all['versions.json']).toMatchObject([{ commentId: id, text: 'First words' }]);
    expect(all['texts.md']).toMatch(/# Harbour Bridge\n\n## Piles\n\n\*\*.*\n\nBetter words/);
    expect(all['files/001 plan.pdf']).toMatch(/^bytes of/);
    expect(all['files/002 plan.pdf']).toMatch(/^bytes of/);
    expect(all['files.json']).toMatchObject([{ file: 'files/001 plan.pdf' }, { file: 'files/002 plan.pdf' }]);
    expect(JSON.stringify(all)).not.toMatch(/By (?:the host|another)|Noor/);
  });

  it('has the profile, the spaces with who invited, sessions, and what happened to the account', async () => {
    await login(guest.email);
    const all = await dataOf(guest);
    expect(all['profile.json']).toMatchObject({ profile: { name: 'Gil Moreau', email: guest.email } });
    expect(all['spaces.json']).toMatchObject([{ name: 'Harbour Bridge', invitedBy: 'Ava Lind' }]);
    expect(all['sessions.json']).toMatchObject([{ browser: 'Test browser' }]);
    const activity = all['activity.json'] as object[];
    expect(activity).toContainEqual(
      expect.objectContaining({ action: 'account.signed-in', what: 'Logged in.', byYou: true }),
    );
    expect(all['index.html']).toContain('Your data on Foyer');
  });

  it('names no space and no thread that somebody can no longer open', async () => {
    const who = await makeGuest();
    await joinSpace(host, spaceId, who);
    const thread = await begin(host, 'Secret of the host', '');
    await answer(who, thread, 'My own words');
    await begin(who, 'My own title', 'And text');
    await memberships.removeGuest(as(host), spaceId, who.id);
    const all = await dataOf(who);
    expect(all['texts.json']).toMatchObject([
      { space: null, title: null, text: 'My own words' },
      { space: null, title: 'My own title', text: 'And text' },
    ]);
    expect(JSON.stringify(all)).not.toMatch(/Harbour Bridge|Secret of the host/);
  });

  it('says of an administrator whom the guest does not know only what they did', async () => {
    const who = await makeGuest();
    const ava = await makeAdministrator({ name: 'Unknown Administrator' });
    await accounts.setActive(as(ava), who.id, false);
    await accounts.setActive(as(ava), who.id, true);
    const all = await dataOf(who);
    expect((all['activity.json'] as object[]).slice(1)).toMatchObject([
      { action: 'account.reactivated', by: null, byYou: false, ipAddress: null },
      { action: 'account.deactivated', by: null },
    ]);
  });

  it('has own texts for the company, marked', async () => {
    await begin(host, 'Inside', 'For us', { audience: 'company' });
    const mine = ((await dataOf(host))['texts.json'] as Texts).find(({ title }) => title === 'Inside');
    expect(mine).toMatchObject({ text: 'For us', onlyForCompany: true });
  });

  it('is whole, however much there is', async () => {
    const who = await makeGuest();
    await joinSpace(host, spaceId, who);
    const thread = await begin(host, 'Long', '');
    for (let i = 0; i < 120; i++) await answer(who, thread, `Number ${i}`);
    const all = (await dataOf(who))['texts.json'] as Texts;
    expect(all.map(({ text }) => text)).toEqual(Array.from({ length: 120 }, (_, i) => `Number ${i}`));
  });

  it('of very many files has a part for each 400, and each file once', async () => {
    const who = await makeGuest();
    await bindings.DB.prepare(
      `with recursive n(i) as (select 0 union all select i + 1 from n where i < 899)
       insert into file (id, kind, name, type, size, key, uploader_id, created_at)
       select 'file' || printf('%012d', i), 'attachment', i, 'x/y', 1, 'nowhere', ?, 1000 + i / 3 from n`,
    )
      .bind(who.id)
      .run();
    const ctx = as(who);
    const fileParts = partsOf((await ctx.read({ parts: partsQuery(ctx) })).parts);
    expect(fileParts).toHaveLength(2);
    const names = [];
    for (const from of [null, ...fileParts]) {
      const part = await contents(await accounts.exported(as(who), from));
      const listed = part['files.json'] as { name: string; file: string | null }[];
      // Their bytes are gone.
      expect(listed.every((one) => one.file === null)).toBe(true);
      names.push(...listed.map(({ name }) => name));
    }
    expect(names.sort()).toEqual(Array.from({ length: 900 }, (_, i) => String(i)).sort());
  });

  it('is in the audit once an hour, and made twenty times an hour at most', async () => {
    const who = await makeGuest();
    for (let i = 0; i < 20; i++) await (await accounts.exported(as(who))).cancel();
    await expect(accounts.exported(as(who))).rejects.toMatchObject(refusal('throttled', 'limit.often'));
    expect(await audited('account.exported', who.id)).toMatchObject([{ count: 20 }]);
  });
});
