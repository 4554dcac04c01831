import { eq } from 'drizzle-orm';
import { describe, expect, it, vi } from 'vitest';
import {
  code,
  context,
  DAY,
  env,
  fake,
  MINUTE,
  mailboxSite,
  minutesPass,
  queued,
  reset,
  row,
  setUpMail,
  START,
  TOKEN,
} from '../../../../../tests/mail';
import { consume } from '../../jobs';
import { mail } from '../../schema';
import { deliver, deliveryState, failureKey } from './index';

setUpMail();

describe('delivery', () => {
  it('sends through MailChannels as documented', async () => {
    const dkim = { domain: 'guests.example.com', selector: 'foyer', privateKey: 'MIIB' };
    const id = await queued(context());
    expect(await deliver(context({ mail: { dkim } }), id)).toBe('sent');
    const [sent] = fake.arrived;
    expect(sent).toMatchObject({
      to: 'gil@partner.example',
      from: { email: 'no-reply@guests.example.com', name: 'Foyer' },
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Foyer-Message-ID': `<${id}@guests.example.com>` },
      payload: { dkim_domain: 'guests.example.com', dkim_selector: 'foyer', dkim_private_key: 'MIIB' },
    });
    expect(sent!.headers).not.toHaveProperty('X-Foyer-Resent');
    expect(sent!.text).toContain(`\n${(reset as { url: string }).url}\n`);
  });

  it('a queue message delivered twice sends one mail', async () => {
    const id = await queued(context());
    const message = { body: { mailId: id }, ack: () => {}, retry: () => expect.unreachable() };
    const batch = { messages: [message, message] } as unknown as MessageBatch<{ mailId: string }>;
    await consume(context(), batch);
    await consume(context({ after: DAY }), batch);
    expect(fake.arrived).toHaveLength(1);
  });

  it('20 deliveries in parallel send one mail', async () => {
    const id = await queued(context());
    const results = await Promise.all(Array.from({ length: 20 }, () => deliver(context(), id)));
    expect(fake.requests).toBe(1);
    expect(results.filter((r) => r === 'busy').length).toBeGreaterThan(0);
    expect((await row(id)).attempts).toBe(1);
  });

  it('is encrypted while it waits, and erased once it is delivered', async () => {
    const ctx = context();
    const welcome = await queued(ctx, {
      kind: 'welcome',
      siteName: 'Foyer',
      spaceName: 'Bridge',
      url: 'https://guests.example.com/spaces/7',
      loginName: 'gil@partner.example',
      password: 'quiet-arches-7',
    });
    const ids = [welcome, await queued(ctx, reset), await queued(ctx, code)];
    const dump = async () =>
      JSON.stringify([
        (await env.DB.prepare('select * from mail').all()).results,
        (await env.DB.prepare('select * from mailbox_entry').all()).results,
      ]);
    for (const secret of ['quiet-arches-7', TOKEN, '048213']) expect(await dump()).not.toContain(secret);
    for (const id of ids) expect(await deliver(context(mailboxSite), id)).toBe('sent');
    for (const id of ids)
      expect(await row(id)).toMatchObject({ sealed: null, status: 'sent', finishedAt: START });
    for (const secret of ['quiet-arches-7', TOKEN, '048213']) expect(await dump()).not.toContain(secret);
  });

  it('leaves without the company’s face if that cannot be read', async () => {
    const id = await queued(context());
    await env.DB.exec('alter table setting rename to elsewhere');
    try {
      expect(await deliver(context(), id)).toBe('sent');
    } finally {
      await env.DB.exec('alter table elsewhere rename to setting');
    }
    expect(fake.arrived).toHaveLength(1);
  });

  it('drops a code mail after ten minutes', async () => {
    const id = await queued(context(), code, { dropAfterAt: START + 10 * MINUTE });
    fake.mood = 'refuse';
    expect(await deliver(context(), id)).toBe('queued');
    fake.mood = 'accept';
    expect(await deliver(context({ after: 10 * MINUTE }), id)).toBe('dropped');
    expect(fake.arrived).toEqual([]);
    expect(await row(id)).toMatchObject({ status: 'dropped', failure: 'too-late', sealed: null });
  });
});

describe('definite failures', () => {
  it('after an hour of failures every mail arrives exactly once', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 12; i++) ids.push(await queued(context(), reset, { to: `g${i}@partner.example` }));
    const failures = [
      'refuse',
      { status: 503 },
      { status: 429, retryAfter: '90' },
      { status: 500, body: '<h1>no</h1>' },
    ] as const;
    for (let minute = 0; minute < 60; minute++) {
      fake.mood = failures[minute % failures.length]!;
      await minutesPass(minute, minute);
      // The queue redelivers too.
      await deliver(context({ after: minute * MINUTE }), ids[minute % 12]!);
    }
    expect(fake.arrived).toEqual([]);
    fake.mood = 'accept';
    await minutesPass(60, 95);
    expect(fake.arrived.map((m) => m.to).sort()).toEqual(ids.map((_, i) => `g${i}@partner.example`).sort());
    expect(fake.arrived.every((m) => !('X-Foyer-Resent' in m.headers))).toBe(true);
    for (const id of ids) expect(await row(id)).toMatchObject({ status: 'sent', unknowns: 0, failure: null });
  }, 30_000);

  it('a refused connection is tried again', async () => {
    fake.restore();
    const id = await queued(context());
    expect(await deliver(context(), id)).toBe('queued');
    expect(await row(id)).toMatchObject({ failure: 'unreachable', unknowns: 0 });
  });

  it('backs off: 30 s, 1, 2, 4 … at most 30 minutes', async () => {
    fake.mood = 'refuse';
    const id = await queued(context());
    const waits: number[] = [];
    let at = 0;
    for (let i = 0; i < 9; i++) {
      await deliver(context({ after: at }), id);
      const next = (await row(id)).nextAttemptAt - START;
      waits.push((next - at) / 1000);
      at = next;
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 960, 1800, 1800, 1800]);
  });

  it('honours Retry-After, as seconds and as a date', async () => {
    for (const retryAfter of ['600', new Date(Date.now() + 600_000).toUTCString()]) {
      fake.mood = { status: 429, retryAfter };
      const id = await queued(context());
      await deliver(context(), id);
      const { nextAttemptAt, failure } = await row(id);
      expect(failure).toBe('throttled');
      expect(Math.abs(nextAttemptAt - START - 600_000)).toBeLessThan(5_000);
    }
  });

  it('gives up after a day, visibly', async () => {
    fake.mood = { status: 500 };
    const id = await queued(context());
    expect(await deliver(context({ after: DAY - 1 }), id)).toBe('queued');
    expect(await deliver(context({ after: DAY + 60 * MINUTE }), id)).toBe('failed');
    expect(await row(id)).toMatchObject({ failure: 'gave-up', sealed: null });
  });

  it('4xx fails visibly at once and is never tried again', async () => {
    for (const [status, failure] of [
      [400, 'rejected'],
      [413, 'rejected'],
      [401, 'config'],
      [403, 'config'],
      [302, 'config'],
    ] as const) {
      fake.mood = { status };
      const id = await queued(context());
      expect(await deliver(context(), id)).toBe('failed');
      const after = await row(id);
      expect(after).toMatchObject({ status: 'failed', failure, sealed: null });
      expect(after.failureDetail).toContain(String(status));
      expect(deliveryState(after)).toBe('failed');
      expect(failureKey(after)).toBe(`mail.failure.${failure}`);
      fake.mood = 'accept';
      expect(await deliver(context({ after: DAY }), id)).toBe('failed');
    }
    expect(fake.arrived).toEqual([]);
  });

  it('a recipient that the API refuses in a 200 answer fails too', async () => {
    fake.mood = 'recipient-refused';
    const id = await queued(context());
    expect(await deliver(context(), id)).toBe('failed');
    expect(await row(id)).toMatchObject({ failure: 'rejected', failureDetail: 'no such mailbox' });
  });

  it('mails that cannot be decrypted fail too', async () => {
    const id = await queued(context());
    const other = context();
    other.config = { ...other.config, secret: ['y'.repeat(43)] };
    expect(await deliver(other, id)).toBe('failed');
    expect(await row(id)).toMatchObject({ failure: 'unreadable' });
  });
});

describe('unknown outcomes', () => {
  for (const mood of ['cut', 'hang', 'cut-in-answer', { status: 520 }] as const) {
    it(`are sent again at most once, with the same Message-ID and a mark: ${JSON.stringify(mood)}`, async () => {
      fake.mood = mood;
      const id = await queued(context());
      expect(await deliver(context(), id, { timeoutMs: 100 })).toBe('queued');
      expect(await deliver(context({ after: MINUTE }), id)).toBe('queued');
      expect(fake.requests).toBe(1);
      expect(await deliver(context({ after: 2 * MINUTE }), id, { timeoutMs: 100 })).toBe('failed');
      await minutesPass(3, 60);
      expect(fake.requests).toBe(2);
      expect(await row(id)).toMatchObject({ failure: 'unknown-outcome', unknowns: 2, sealed: null });
      if (typeof mood === 'object') return;
      const [first, second] = fake.arrived.map((m) => m.headers);
      expect(second!['X-Foyer-Message-ID']).toBe(first!['X-Foyer-Message-ID']);
      expect(first).not.toHaveProperty('X-Foyer-Resent');
      expect(second!['X-Foyer-Resent']).toBe('possible-duplicate');
    });

    it(`a code mail is never sent again: ${JSON.stringify(mood)}`, async () => {
      fake.mood = mood;
      const id = await queued(context(), code);
      expect(await deliver(context(), id, { timeoutMs: 100 })).toBe('failed');
      fake.mood = 'accept';
      await minutesPass(1, 10);
      expect(fake.requests).toBe(1);
      expect(await row(id)).toMatchObject({ failure: 'unknown-outcome', sealed: null });
    });
  }

  it('the second sending may succeed', async () => {
    fake.mood = 'cut';
    const id = await queued(context());
    await deliver(context(), id);
    fake.mood = 'accept';
    await minutesPass(1, 5);
    expect(fake.arrived).toHaveLength(2);
    expect((await row(id)).status).toBe('sent');
  });

  /** A Worker that dies right after its claim. */
  const killed = async (id: string, after: number) => {
    await context()
      .db.update(mail)
      .set({ status: 'sending', attempts: 1, leaseUntil: START + after, nextAttemptAt: START + after })
      .where(eq(mail.id, id));
  };

  it('killed after the claim, it is sent once more after the lease, marked', async () => {
    const id = await queued(context());
    await killed(id, 2 * MINUTE);
    expect(await deliver(context({ after: 2 * MINUTE - 1 }), id)).toBe('busy');
    await minutesPass(2, 2);
    expect(fake.arrived.map((m) => m.headers['X-Foyer-Resent'])).toEqual(['possible-duplicate']);
  });

  it('killed after the claim twice, it is not sent a third time', async () => {
    const id = await queued(context());
    await killed(id, 2 * MINUTE);
    fake.mood = 'cut';
    await deliver(context({ after: 2 * MINUTE }), id);
    fake.mood = 'accept';
    await minutesPass(3, 30);
    expect(fake.requests).toBe(1);
    expect(await row(id)).toMatchObject({ status: 'failed', failure: 'unknown-outcome' });
  });

  it('killed after the claim, a code mail is not sent again', async () => {
    const id = await queued(context(), code);
    await killed(id, 2 * MINUTE);
    await minutesPass(2, 10);
    expect(fake.requests).toBe(0);
    expect(await row(id)).toMatchObject({ status: 'failed', failure: 'unknown-outcome' });
  });

  it('a slow sender whose lease has expired overwrites nothing', async () => {
    const id = await queued(context());
    fake.mood = 'hang';
    const slow = deliver(context(), id, { timeoutMs: 300 });
    await vi.waitFor(() => expect(fake.requests).toBe(1));
    fake.mood = 'accept';
    expect(await deliver(context({ after: 2 * MINUTE }), id)).toBe('sent');
    await slow;
    expect(await row(id)).toMatchObject({ status: 'sent', attempts: 2 });
  });
});
