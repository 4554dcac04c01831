import { beforeAll, describe, expect, it } from 'vitest';
import { as, HOUR, MINUTE, testContext } from '../../../../tests/contexts';
import { makeUser, site, account } from '../../../../tests/factories';
import { mailsTo } from '../../../../tests/mailbox';
import { count, refusal } from '../../../../tests/helpers';
import { dueOf, mailsOf, prefer, say, stage } from '../../../../tests/notifications';
import * as accounts from '../accounts';
import { randomId } from '../crypto';
import * as cron from '../cron';
import * as notifications from '.';

beforeAll(() => site({ setUp: true, siteName: 'Foyer' }));

describe('what is mailed', () => {
  it('is saved with the next morning of the own zone, and so is another zone', async () => {
    const person = await makeUser({ timeZone: 'Asia/Tokyo' });
    const now = Date.UTC(2026, 5, 10, 12);
    const ctx = as(person, { now });
    ctx.timeZone = 'Asia/Tokyo';
    await accounts.setNotifications(ctx, { mailAbout: 'all', digest: true });
    expect(await account(person.email)).toMatchObject({
      mailAbout: 'all',
      digest: true,
      digestAt: Date.UTC(2026, 5, 10, 23),
    });
    await accounts.changeProfile(ctx, { name: 'N', company: '', locale: null, timeZone: 'Europe/Berlin' });
    expect((await account(person.email))!.digestAt).toBe(Date.UTC(2026, 5, 11, 6));
  });

  it('when changed, leaves nothing waiting for a mail that is never sent', async () => {
    const s = await stage();
    await prefer(s.ben, { digest: true, digestAt: Date.now() + HOUR });
    await prefer(s.gil, { digest: true, digestAt: Date.now() + HOUR });
    await say(s, s.ava, { mentioned: [s.ben, s.gil] });
    const ctx = as(s.ben);
    await accounts.setNotifications(ctx, { mailAbout: 'mentions', digest: false });
    await accounts.setNotifications(as(s.gil), { mailAbout: 'nothing', digest: false });
    expect([await dueOf(s.ben), await dueOf(s.gil)]).toEqual([[ctx.now], [null]]);
    await cron.run(testContext({ now: ctx.now + MINUTE }));
    expect([(await mailsOf(s.ben)).length, (await mailsOf(s.gil)).length]).toEqual([1, 0]);
  });
});

describe('the link that stops it', () => {
  const tokenIn = (url: string) => url.split('/unsubscribe/')[1]!;

  it('stands in the mail and in its headers (RFC 8058), and in no other mail', async () => {
    const s = await stage();
    await say(s, s.ava, { mentioned: [s.ben] });
    const [mail] = await mailsOf(s.ben);
    const url = notifications.unsubscribeUrl(testContext(), s.ben.id);
    expect(mail!.headers['List-Unsubscribe']).toBe(`<${url}>`);
    expect(mail!.headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click');
    expect(mail!.text.replaceAll('%3', '').includes('/unsubscribe/')).toBe(true);
    for (const other of await mailsTo(s.gil.email))
      expect(Object.keys(other.headers).join()).not.toMatch(/List-/);
  });

  it('shows whose mail it stops, not in full; stops it and all that waits, once or twice; needs no session', async () => {
    const s = await stage();
    await prefer(s.gil, { digest: true });
    await say(s, s.ava, { mentioned: [s.gil] });
    const token = tokenIn(notifications.unsubscribeUrl(testContext(), s.gil.id));
    const target = await accounts.unsubscribeTarget(testContext(), token);
    expect(target).toEqual({ email: 'g…@partner.example', stopped: false });
    expect((await account(s.gil.email))!.mailAbout).toBe('all');
    await accounts.unsubscribe(testContext(), token);
    // It does not matter who is signed in.
    await accounts.unsubscribe(as(s.ben), token);
    expect((await account(s.gil.email))!.mailAbout).toBe('nothing');
    expect((await account(s.ben.email))!.mailAbout).toBe('all');
    expect(await dueOf(s.gil)).toEqual([null]);
    expect(await accounts.unsubscribeTarget(testContext(), token)).toMatchObject({ stopped: true });
    expect(await count('audit_entry', "subject = ? and detail like '%link%'", `user:${s.gil.id}`)).toBe(1);
  });

  it('cannot be guessed, made from somebody’s id, or turned into somebody else’s', async () => {
    const [a, b] = [await makeUser(), await makeUser()];
    const token = tokenIn(notifications.unsubscribeUrl(testContext(), a.id));
    for (const forged of [
      '',
      'nobody',
      a.id,
      b.id + token.slice(16),
      `${token}a`,
      token.slice(0, -1),
      token.toUpperCase(),
      `${randomId()}${'a'.repeat(32)}`,
    ]) {
      expect(await accounts.unsubscribeTarget(testContext(), forged)).toBeNull();
      await expect(accounts.unsubscribe(testContext(), forged)).rejects.toMatchObject(refusal('missing'));
    }
    const other = testContext({ config: { secret: ['another secret of thirty-two characters'] } });
    expect(await accounts.unsubscribeTarget(other, token)).toBeNull();
  });
});
