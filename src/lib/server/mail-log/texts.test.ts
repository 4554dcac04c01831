import { describe, expect, it } from 'vitest';
import { as, testContext } from '../../../../tests/contexts';
import { makeAdministrator, makeSpace, makeUser } from '../../../../tests/factories';
import { audited, refusal } from '../../../../tests/helpers';
import { unknownPlaceholder } from '../../mail-texts';
import * as invitations from '../invitations';
import { render } from '../mail/messages';
import { readBrand } from '../mail/outbox';
import * as settings from '../settings';
import * as mailLog from './index';

const typed = { locale: 'en', kind: 'welcome', sender: '', subject: '', introduction: '' } as const;
const revision = async () => (await settings.read(testContext())).revision;
const save = async (more: Partial<Parameters<typeof mailLog.changeText>[1]>) =>
  mailLog.changeText(as(await makeAdministrator()), { ...typed, revision: await revision(), ...more });
const welcome = {
  kind: 'welcome',
  siteName: 'Foyer',
  spaceName: '<b>Quay</b>',
  name: 'Gil https://evil.example',
  url: 'https://x.example/spaces/1',
  loginName: 'gil@partner.example',
  password: null,
} as const;

describe('own words in mails', () => {
  it('come before ours, filled in and escaped, in their language alone', async () => {
    await save({
      sender: 'Harbour Ltd',
      subject: 'Hello {name}',
      introduction: 'Welcome to {space} & {site}',
    });
    const brand = await readBrand(testContext());
    const english = await render(welcome, 'en', brand);
    expect(english).toMatchObject({ fromName: 'Harbour Ltd', subject: 'Hello Gil https: //evil.example' });
    expect(english.text).toContain('Welcome to <b>Quay</b> & Foyer');
    expect(english.html).toMatch(/Welcome to &lt;b&gt;Quay&lt;(?:\/|&#x2F;)b&gt; &amp; Foyer/);
    expect(english.html).not.toContain('<b>Quay');
    // What the mail is for stays.
    expect(english.text).toContain('\nhttps://x.example/spaces/1\n');
    expect((await render(welcome, 'ja', brand)).subject).not.toContain('Hello');
    expect((await render({ ...welcome, kind: 'reset', minutes: 60 }, 'en', brand)).subject).not.toContain(
      'Hello',
    );
  });

  it('of an invitation are what inviters find ready', async () => {
    await save({ kind: 'invitation', subject: '{inviter} asks', introduction: 'Come to **{space}**' });
    const ben = await makeUser({ name: 'Ben' });
    const words = await invitations.readyWords(as(ben), await makeSpace(ben, { name: 'Quay' }));
    expect(words.en).toEqual({ subject: 'Ben asks', message: 'Come to **Quay**' });
    expect(words.ja.subject).not.toContain('asks');
  });

  it('with a placeholder that the mail can’t fill in are refused by its name, and nothing is saved', async () => {
    const before = await settings.read(testContext());
    for (const [field, kind, text, name] of [
      ['subject', 'reset', 'For {space}', '{space}'],
      ['introduction', 'welcome', 'Your {password}', '{password}'],
      ['introduction', 'welcome', '{ name }', '{ name }'],
    ] as const)
      await expect(save({ kind, [field]: text })).rejects.toMatchObject({
        ...refusal('invalid', 'mail-texts.unknown'),
        detail: { field, params: { name } },
      });
    expect((await settings.read(testContext())).mailTexts).toEqual(before.mailTexts);
    expect(unknownPlaceholder('welcome', 'a {b {name} c} { }')).toBe('{ }');
  });

  it('are saved by administrators alone, into the audit, and not by a stale form', async () => {
    const shown = await revision();
    await expect(
      mailLog.changeText(as(await makeUser()), { ...typed, revision: shown }),
    ).rejects.toMatchObject(refusal('forbidden'));
    await save({ kind: 'reset', subject: 'First' });
    await expect(save({ kind: 'reset', subject: 'Second', revision: shown })).rejects.toMatchObject(
      refusal('conflict', 'form.stale'),
    );
    expect((await audited('setting.changed')).at(-1)).toMatchObject({
      detail: { mailTexts: expect.anything() },
    });
    await save({ kind: 'reset', subject: '' });
    expect((await settings.read(testContext())).mailTexts.en?.texts?.reset).toBeUndefined();
  });
});

it('a preview shows what is typed, saves nothing, and is its administrator’s own', async () => {
  const [ava, other] = [await makeAdministrator(), await makeAdministrator()];
  const before = await settings.read(testContext());
  for (const kind of ['invitation', 'user-invitation', 'welcome', 'reset'] as const) {
    const words = { subject: 'Hi from {site}', introduction: 'Words of ours' };
    const shown = await mailLog.previewText(as(ava), { ...typed, kind, ...words, sender: 'We', revision: 0 });
    expect(shown.subject).toBe(`Hi from ${before.siteName}`);
    expect(shown.text).toContain('Words of ours');
    expect(await mailLog.previewed(as(ava), shown.token)).toContain('Words of ours');
    await expect(mailLog.previewed(as(other), shown.token)).rejects.toMatchObject(refusal('missing'));
  }
  expect(await settings.read(testContext())).toEqual(before);
});
