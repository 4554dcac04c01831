import { describe, expect, it } from 'vitest';
import { DAY, MINUTE, testContext } from '../../../tests/contexts';
import { count, dump, parallel } from '../../../tests/helpers';
import * as rateLimit from './rate-limit';

const NOW = Date.now();
let names = 0;
const someKey = () => rateLimit.key(testContext(), 'name', `n${names++}@partner.example`);

/** One counted try; whether it was let through. */
async function attempt(key: rateLimit.ThrottleKey, now = NOW): Promise<boolean> {
  const ctx = testContext({ now });
  const [rows] = await ctx.db.batch([rateLimit.countInARow(ctx, key)]);
  return rows.length > 0;
}

const attempts = async (n: number, key: rateLimit.ThrottleKey, now = NOW) => {
  for (let i = 0; i < n; i++) expect(await attempt(key, now)).toBe(true);
};

describe('failures in a row', () => {
  it('lock for 3, 6, 12, 15 and 15 minutes', async () => {
    const key = someKey();
    let now = NOW;
    for (const minutes of [3, 6, 12, 15, 15]) {
      await attempts(10, key, now);
      expect(await rateLimit.lockedUntil(testContext(), key)).toBe(now + minutes * MINUTE);
      expect(await attempt(key, now)).toBe(false);
      expect(await attempt(key, now + minutes * MINUTE - 1)).toBe(false);
      now += minutes * MINUTE;
    }
  });

  it('let ten of a hundred parallel tries through', async () => {
    const key = someKey();
    const { done } = await parallel(100, () => attempt(key));
    expect(done.filter(Boolean)).toHaveLength(10);
  });

  it('begin anew after a success, for nobody else', async () => {
    const [key, other] = [someKey(), someKey()];
    const ctx = testContext({ now: NOW });
    await attempts(9, key);
    await attempts(9, other);
    await ctx.commit([rateLimit.reset(ctx, key)]);
    await attempts(10, key);
    expect(await attempt(key)).toBe(false);
    await attempts(1, other);
    expect(await attempt(other)).toBe(false);
  });

  it('are forgotten after a day of peace, the locks too', async () => {
    const key = someKey();
    await attempts(10, key);
    await attempts(10, key, NOW + DAY + 4 * MINUTE);
    expect(await rateLimit.lockedUntil(testContext(), key)).toBe(NOW + DAY + 7 * MINUTE);
  });

  it('do not lock at the tenth when nine of them are forgotten', async () => {
    const key = someKey();
    await attempts(9, key);
    await attempts(1, key, NOW + DAY + 1);
    expect(await rateLimit.lockedUntil(testContext(), key)).toBe(0);
  });

  it('are as before when a try is given back, also the tenth', async () => {
    const key = someKey();
    await attempts(10, key);
    const ctx = testContext({ now: NOW });
    await ctx.commit([rateLimit.refund(ctx, key)]);
    await attempts(1, key);
    expect(await rateLimit.lockedUntil(ctx, key)).toBe(NOW + 3 * MINUTE);
  });

  it('stay what they are when somebody else is given one back', async () => {
    const [key, other] = [someKey(), someKey()];
    await attempts(1, key);
    await attempts(9, other);
    const ctx = testContext({ now: NOW });
    await ctx.commit([rateLimit.refund(ctx, key)]);
    await attempts(1, other);
    expect(await attempt(other)).toBe(false);
  });

  it('are not below none, and a lock that is over is not taken back', async () => {
    const key = someKey();
    await attempts(10, key);
    const later = NOW + 3 * MINUTE;
    const ctx = testContext({ now: later });
    await ctx.commit([rateLimit.refund(ctx, key)]);
    await attempts(10, key, later);
    expect(await rateLimit.lockedUntil(ctx, key)).toBe(later + 6 * MINUTE);
  });
});

describe('a window', () => {
  const within = async (ip: string, now = NOW): Promise<boolean> => {
    const ctx = testContext({ now, ip });
    const [rows] = await ctx.db.batch([rateLimit.countClientIp(ctx)]);
    return rows.length > 0;
  };

  it('takes 100 failures of a client address in 15 minutes', async () => {
    const { done } = await parallel(150, () => within('192.0.2.1'));
    expect(done.filter(Boolean)).toHaveLength(100);
    expect(await within('192.0.2.2')).toBe(true);
    expect(await within('192.0.2.1', NOW + 15 * MINUTE - 1)).toBe(false);
    expect(await within('192.0.2.1', NOW + 15 * MINUTE)).toBe(true);
  });

  it('is one for the whole /64 of IPv6', async () => {
    await parallel(100, (i) => within(`2001:db8:1:2::${i.toString(16)}`));
    expect(await within('2001:0DB8:0001:0002:ffff:ffff:ffff:ffff')).toBe(false);
    expect(await within('2001:db8:1:3::1')).toBe(true);
  });

  it('takes a whole batch or nothing of it', async () => {
    const ctx = testContext({ now: NOW });
    const key = rateLimit.key(ctx, 'invite', 'space:1');
    const take = async (by: number) =>
      (await ctx.db.batch([rateLimit.countInWindow(ctx, key, 10, DAY, by)]))[0].length > 0;
    expect([await take(6), await take(5), await take(4), await take(1)]).toEqual([true, false, true, false]);
  });

  it('says how long it is full, and of a key that was never counted that it is not', async () => {
    const ctx = testContext({ now: NOW });
    const [key, other] = [someKey(), someKey()];
    await ctx.db.batch([rateLimit.countInWindow(ctx, key, 3, DAY, 3)]);
    expect(await rateLimit.windowLeft(ctx, key, DAY, 3)).toBe(DAY);
    expect(await rateLimit.windowLeft(ctx, key, DAY, 4)).toBe(0);
    expect(await rateLimit.windowLeft(ctx, other, DAY, 1)).toBe(0);
  });

  it('of many keys at once takes each up to its own limit', async () => {
    const [full, free] = [someKey(), someKey()];
    const countAll = async (keys: rateLimit.ThrottleKey[], now = NOW) => {
      const ctx = testContext({ now });
      await ctx.commit([rateLimit.countEach(ctx, keys, 2, DAY)]);
    };
    for (const keys of [[full], [full], [full, free], [full, free]]) await countAll(keys);
    const failures = () =>
      Promise.all([full, free].map((key) => count('throttle', 'key = ? and failures = 2', key[0])));
    expect(await failures()).toEqual([1, 1]);
    await countAll([full], NOW + DAY);
    expect(await failures()).toEqual([0, 1]);
  });
});

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['', ''],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:DB8:0001:0002::7', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::', 'fe80:0:0:0'],
  ['2001:db8:1::', '2001:db8:1:0'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
])('%s is counted as %s', (ip, origin) => expect(rateLimit.clientIpGroup(ip)).toBe(origin));

it('names nobody readable', async () => {
  await attempts(1, rateLimit.key(testContext(), 'name', 'gil@partner.example'));
  expect(JSON.stringify((await dump()).throttle)).not.toContain('partner');
});

it('Cron forgets what nobody touched for two days', async () => {
  const key = someKey();
  await attempts(1, key, NOW - 3 * DAY);
  const ctx = testContext({ now: NOW });
  await ctx.commit([rateLimit.purge(ctx)]);
  expect(await count('throttle', 'key = ?', key[0])).toBe(0);
  expect(await count('throttle')).toBeGreaterThan(0);
});
