import { describe, expect, it } from 'vitest';
import {
  code,
  context,
  deferred,
  fake,
  nudged,
  queued,
  reset,
  row,
  setUpMail,
} from '../../../../../tests/mail';
import { mail } from '../../schema';
import { deliver, deliverMany, queue, queueMany } from './index';

setUpMail();

describe('queueing', () => {
  it('writes and nudges nothing before the commit, nor when the batch fails', async () => {
    const ctx = context();
    const { id, statement } = await queue(ctx, { to: 'a@b.example', locale: 'en', message: reset });
    expect(nudged).toEqual([]);
    await expect(ctx.commit([statement, statement])).rejects.toThrow();
    expect(await deliver(ctx, id)).toBe('gone');
    expect(nudged).toEqual([]);
  });

  it('nudges the queue after the commit; with nudge: false it does not', async () => {
    const id = await queued(context());
    await queued(context(), code, { nudge: false });
    await Promise.all(deferred);
    expect(nudged).toEqual([id]);
  });

  it('delivers at once where no queue consumer runs', async () => {
    const id = await queued(context({ inline: true }));
    await Promise.all(deferred);
    expect((await row(id)).status).toBe('sent');
    expect(fake.arrived).toHaveLength(1);
  });

  it('queues 500 mails in statements of at most 100 rows, and all arrive', async () => {
    const ctx = context();
    const list = Array.from({ length: 500 }, (_, i) => ({
      to: `guest-${i}@partner.example`,
      locale: 'ja' as const,
      message: reset,
    }));
    const { ids, statements } = await queueMany(ctx, list);
    expect(statements).toHaveLength(5);
    await ctx.commit(statements);
    await Promise.all(deferred);
    expect(nudged).toEqual(ids);
    await deliverMany(context(), ids);
    expect(new Set(fake.arrived.map((m) => m.to)).size).toBe(500);
    expect(fake.requests).toBe(500);
  }, 30_000);

  it('keeps a bound value under 1.5 MB', async () => {
    const long = { ...reset, url: `https://guests.example.com/${'x'.repeat(300_000)}` };
    const ctx = context();
    const { statements } = await queueMany(
      ctx,
      Array(7).fill({ to: 'a@b.example', locale: 'en', message: long }),
    );
    expect(statements.length).toBeGreaterThan(1);
    await ctx.commit(statements);
    expect(await ctx.db.$count(mail)).toBe(7);
  });
});
