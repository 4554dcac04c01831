import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { as, DAY, HOUR, MINUTE, testContext } from '../../../../tests/contexts';
import { site, account } from '../../../../tests/factories';
import { dueOf, follow, mailsOf, prefer, say, stage, told } from '../../../../tests/notifications';
import * as cron from '../cron';
import { nextMorning } from './mornings';
import * as notifications from '.';

beforeAll(() => site({ setUp: true, siteName: 'Foyer' }));

describe('once a day', () => {
  const EIGHT = Date.UTC(2026, 5, 10, 8);

  it('arrives at the daily hour, leaves out what was read, and sets the next one', async () => {
    const s = await stage();
    await prefer(s.ben, { mailAbout: 'all', digest: true, digestAt: EIGHT - 9 * DAY, timeZone: 'UTC' });
    await follow(s.ben, s.threadId);
    await say(s, s.ava, { body: 'Early', now: EIGHT + HOUR });
    await say(s, s.ava, { body: 'Seen', now: EIGHT + 2 * HOUR });
    await say(s, s.ava, { body: 'Late', mentioned: [s.ben], now: EIGHT + 23 * HOUR });
    expect(await dueOf(s.ben)).toEqual([EIGHT + DAY, EIGHT + DAY, EIGHT + DAY]);
    const seen = (await told(s.ben)).find((n) => n.excerpt === 'Seen')!;
    await notifications.markRead(as(s.ben), [seen.id]);
    for (const now of [EIGHT + DAY - 1, EIGHT + DAY + MINUTE, EIGHT + DAY + 2 * MINUTE]) {
      const ctx = testContext({ now });
      await cron.run(ctx);
      await ctx.settle();
      expect(await mailsOf(s.ben)).toHaveLength(now < EIGHT + DAY ? 0 : 1);
    }
    const [mail] = await mailsOf(s.ben);
    expect(mail!.text).toContain('Early');
    expect(mail!.text).toContain('Late');
    expect(mail!.text).not.toContain('Seen');
    expect((await account(s.ben.email))!.digestAt).toBe(EIGHT + 2 * DAY);
  });

  it('arrives a day later if no hour is set, and not at all if everything was read', async () => {
    const s = await stage();
    await prefer(s.ben, { digest: true, digestAt: 0 });
    const { ctx } = await say(s, s.ava, { mentioned: [s.ben] });
    expect(await dueOf(s.ben)).toEqual([ctx.now + DAY]);
    await notifications.markRead(as(s.ben), 'all');
    await notifications.mailDue(testContext({ now: ctx.now + DAY }));
    expect(await mailsOf(s.ben)).toEqual([]);
    expect(await dueOf(s.ben)).toEqual([null]);
  });

  it('lists many events, and says how many more there are', async () => {
    const s = await stage();
    await prefer(s.ben, { mailAbout: 'all', digest: true, digestAt: EIGHT });
    const ctx = testContext();
    await ctx.commit([
      ctx.db.run(sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < 70)
        insert into notification (user_id, space_id, thread_id, kind, actor_id, created_at, mail_at)
        select ${s.ben.id}, ${s.spaceId}, ${s.threadId}, 'thread', ${s.ava.id}, 1, 1 from n`),
    ]);
    await notifications.mailDue(ctx);
    await ctx.settle();
    const [mail] = await mailsOf(s.ben);
    expect(mail!.subject).toBe('[Harbour Bridge] Piles');
    expect(mail!.text).toMatch(/^70 new posts in “Piles”\n/);
    expect(mail!.text).toContain('And 20 more.');
  });

  it('is at eight in the morning of the reader, on both sides of a change of the clocks', () => {
    const at = (iso: string) => Date.parse(iso);
    // Berlin changes in the night to 29 March and to 25 October 2026.
    expect(nextMorning('Europe/Berlin', at('2026-03-28T07:00:00Z'))).toBe(at('2026-03-29T06:00:00Z'));
    expect(nextMorning('Europe/Berlin', at('2026-03-28T06:59:59Z'))).toBe(at('2026-03-28T07:00:00Z'));
    expect(nextMorning('Europe/Berlin', at('2026-10-24T06:00:00Z'))).toBe(at('2026-10-25T07:00:00Z'));
    expect(nextMorning('Asia/Tokyo', at('2026-10-24T00:00:00Z'))).toBe(at('2026-10-24T23:00:00Z'));
    expect(nextMorning('Asia/Kathmandu', at('2026-10-24T00:00:00Z'))).toBe(at('2026-10-24T02:15:00Z'));
    expect(nextMorning('America/Los_Angeles', at('2026-11-01T08:30:00Z'))).toBe(at('2026-11-01T16:00:00Z'));
    expect(nextMorning('Pacific/Kiritimati', at('2026-11-01T17:59:00Z'))).toBe(at('2026-11-01T18:00:00Z'));
  });
});
