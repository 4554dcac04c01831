import { env as bindings } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeMailChannels, type FakeMailChannels } from '../../../../tests/fake-mailchannels';
import { type Ctx, type Env, type MailConfig } from '../context';
import { createContext } from '../context/create';
import { consume } from '../jobs';
import { mail, mailboxEntry as mailboxTable } from '../schema';
import type { MailMessage } from './messages';
import { deliver, deliverMany, deliveryState, failureKey, purge, queue, queueMany, sendDue } from './outbox';
import { mailbox, mailboxEntry, send } from './transport';

const env = bindings as unknown as Env;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const START = Date.UTC(2026, 10, 21, 12);

let fake: FakeMailChannels;
let nudged: string[];
beforeEach(async () => {
  fake = fakeMailChannels();
  nudged = [];
  await env.DB.exec('delete from mail; delete from mailbox_entry');
});
afterEach(() => {
  fake.restore();
  expect(fake.problems).toEqual([]);
});

/** A context at some time after the start; by default of a site that sends through the fake MailChannels. */
function context({
  after = 0,
  mail = {},
  inline = false,
}: { after?: number; mail?: Partial<MailConfig>; inline?: boolean } = {}): Ctx {
  const queue = {
    send: async (body: { mailId: string }) => void nudged.push(body.mailId),
    sendBatch: async (batch: Iterable<{ body: { mailId: string } }>) => {
      const list = [...batch];
      expect(list.length).toBeLessThanOrEqual(100);
      nudged.push(...list.map((m) => m.body.mailId));
    },
  };
  const ctx = createContext({
    env,
    waitUntil: (work) => void deferred.push(work),
    now: START + after,
    config: {
      origin: 'http://localhost:8787',
      secret: ['x'.repeat(43)],
      setupToken: null,
      mail: {
        transport: 'mailchannels',
        domain: 'guests.example.com',
        apiKey: fake.apiKey,
        baseUrl: fake.baseUrl,
        ...mail,
      } as MailConfig,
      local: true,
      seed: false,
      inlineMail: inline,
    },
  });
  return { ...ctx, queue: queue as unknown as Ctx['queue'] };
}
const mailboxSite = { mail: { transport: 'mailbox' as const } };
const deferred: Promise<unknown>[] = [];

const TOKEN = 'k7q2m4x6c3v5b2n4h6j3g5f2d4s6a3p5o2i4u6y3';
const reset: MailMessage = {
  kind: 'reset',
  siteName: 'Foyer',
  url: `https://guests.example.com/reset/${TOKEN}`,
  minutes: 60,
};
const code: MailMessage = { kind: 'code', siteName: 'Foyer', code: '048213', purpose: 'login' };

async function queued(ctx: Ctx, message: MailMessage = reset, more = {}): Promise<string> {
  const { id, statement } = await queue(ctx, { to: 'gil@partner.example', locale: 'en', message, ...more });
  await ctx.commit([statement]);
  return id;
}
const row = async (id: string) => (await context().db.select().from(mail).where(eq(mail.id, id)))[0]!;
/** The clock's minutes pass, and cron runs in each of them. */
async function minutesPass(from: number, to: number) {
  for (let minute = from; minute <= to; minute++) await sendDue(context({ after: minute * MINUTE }));
}

describe('queueing', () => {
  it('writes nothing and nudges nobody before the commit, nor when the batch fails', async () => {
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

  it('delivers by itself where no queue consumer runs', async () => {
    const id = await queued(context({ inline: true }));
    await Promise.all(deferred);
    expect((await row(id)).status).toBe('sent');
    expect(fake.arrived).toHaveLength(1);
  });

  it('queues 500 mails in statements of at most 100 rows, and each arrives', async () => {
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
  });

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

  it('is sealed at rest, and erased once delivered', async () => {
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
  it('after an hour of them every mail arrives exactly once', async () => {
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
      // The queue redelivers besides.
      await deliver(context({ after: minute * MINUTE }), ids[minute % 12]!);
    }
    expect(fake.arrived).toEqual([]);
    fake.mood = 'accept';
    await minutesPass(60, 95);
    expect(fake.arrived.map((m) => m.to).sort()).toEqual(ids.map((_, i) => `g${i}@partner.example`).sort());
    expect(fake.arrived.every((m) => !('X-Foyer-Resent' in m.headers))).toBe(true);
    for (const id of ids) expect(await row(id)).toMatchObject({ status: 'sent', unknowns: 0, failure: null });
  });

  it('a connection refused by a real socket is one of them', async () => {
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

  it('4xx is a visible failure at once, and never tried again', async () => {
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

  it('so is a recipient that the API refuses within a 200', async () => {
    fake.mood = 'recipient-refused';
    const id = await queued(context());
    expect(await deliver(context(), id)).toBe('failed');
    expect(await row(id)).toMatchObject({ failure: 'rejected', failureDetail: 'no such mailbox' });
  });

  it('so are props that cannot be read any more', async () => {
    const id = await queued(context());
    const other = context();
    other.config = { ...other.config, secret: ['y'.repeat(43)] };
    expect(await deliver(other, id)).toBe('failed');
    expect(await row(id)).toMatchObject({ failure: 'unreadable' });
  });
});

describe('unknown outcomes', () => {
  for (const mood of ['cut', 'hang', 'cut-in-answer', { status: 520 }] as const) {
    it(`sent again at most once, with the same Message-ID and a mark: ${JSON.stringify(mood)}`, async () => {
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

    it(`a code mail never: ${JSON.stringify(mood)}`, async () => {
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

  it('killed after the claim: nobody else sends during the lease, then once more, marked', async () => {
    const id = await queued(context());
    await killed(id, 2 * MINUTE);
    expect(await deliver(context({ after: 2 * MINUTE - 1 }), id)).toBe('busy');
    await minutesPass(2, 2);
    expect(fake.arrived.map((m) => m.headers['X-Foyer-Resent'])).toEqual(['possible-duplicate']);
  });

  it('killed after the claim twice: never a third time', async () => {
    const id = await queued(context());
    await killed(id, 2 * MINUTE);
    fake.mood = 'cut';
    await deliver(context({ after: 2 * MINUTE }), id);
    fake.mood = 'accept';
    await minutesPass(3, 30);
    expect(fake.requests).toBe(1);
    expect(await row(id)).toMatchObject({ status: 'failed', failure: 'unknown-outcome' });
  });

  it('killed after the claim: a code mail is not sent again', async () => {
    const id = await queued(context(), code);
    await killed(id, 2 * MINUTE);
    await minutesPass(2, 10);
    expect(fake.requests).toBe(0);
    expect(await row(id)).toMatchObject({ status: 'failed', failure: 'unknown-outcome' });
  });

  it('a slow sender whose lease is over overwrites nothing', async () => {
    const id = await queued(context());
    fake.mood = 'hang';
    const slow = deliver(context(), id, { timeoutMs: 300 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    fake.mood = 'accept';
    expect(await deliver(context({ after: 2 * MINUTE }), id)).toBe('sent');
    await slow;
    expect(await row(id)).toMatchObject({ status: 'sent', attempts: 2 });
  });
});

describe('headers', () => {
  const outgoing = {
    id: 'abc',
    to: 'gil@partner.example',
    fromName: 'Foyer',
    subject: 'Hello',
    text: 'x',
    html: '<p>x</p>',
    resent: false,
  };
  const options = { timeoutMs: 1_000 };

  it('no name or subject can begin a header', async () => {
    for (const bad of [
      '\r\nBcc: e@evil.example',
      '\nX: 1',
      '\rX: 1',
      '\u2028X: 1',
      '\u2029',
      '\u0085',
      '\u0000',
      '" <e@evil.example>\u001b',
    ]) {
      await send(context(), { ...outgoing, fromName: `Foyer${bad}`, subject: `Hi${bad}` }, options);
      await send(
        context(mailboxSite),
        { ...outgoing, fromName: `Foyer${bad}`, subject: `Hi${bad}` },
        options,
      );
      const sent = fake.arrived.at(-1)!;
      expect(sent.subject).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      expect(sent.from.name).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      expect(sent.from.name).not.toMatch(/["<>\\]/);
      expect(Object.keys(sent.headers).sort()).toEqual(['Auto-Submitted', 'X-Foyer-Message-ID']);
    }
  });

  it('mail that can be stopped says where, for one click (RFC 8058); a link that is none says nothing', async () => {
    const unsubscribe = 'https://guests.example.com/unsubscribe/k7q2';
    await send(context(), { ...outgoing, unsubscribe }, options);
    expect(fake.arrived.at(-1)!.headers).toMatchObject({
      'List-Unsubscribe': `<${unsubscribe}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    });
    // Else MailChannels would make links of its own, which stop mail there and not here.
    expect(fake.arrived.at(-1)!.payload).not.toHaveProperty('transactional');
    for (const bad of [
      null,
      '',
      'javascript:1',
      'https://x.example/>,<https://evil.example',
      'https://x.example/\r\nX: 1',
    ]) {
      await send(context(), { ...outgoing, unsubscribe: bad }, options);
      expect(Object.keys(fake.arrived.at(-1)!.headers).join()).not.toContain('List-');
    }
    expect(fake.problems).toEqual([]);
  });

  it('an address that could begin one is refused', async () => {
    for (const to of [
      'a@b.example\r\nBcc: c@d.example',
      'a\n@b.example',
      'a b@c.example',
      'a,b@c.example',
      '<a@b.example',
      'a@b.example>',
      'a\u2028@b.example',
      '"a"@b.example',
      'nobody',
      '@b.example',
      'a@',
    ])
      expect(await send(context(), { ...outgoing, to }, options), to).toMatchObject({
        outcome: 'failed',
        reason: 'rejected',
      });
    expect(fake.requests).toBe(0);
  });

  it('domains go out in ASCII', async () => {
    await send(
      context({ mail: { domain: 'gäste.example' } }),
      { ...outgoing, to: 'Rin@例え.example' },
      options,
    );
    expect(fake.arrived[0]).toMatchObject({
      to: 'Rin@xn--r8jz45g.example',
      from: { email: 'no-reply@xn--gste-loa.example' },
      headers: { 'X-Foyer-Message-ID': '<abc@xn--gste-loa.example>' },
    });
  });
});

describe('the local mailbox', () => {
  it('keeps each mail exactly once, newest first, and readable only with the secret', async () => {
    const first = await queued(context());
    const second = await queued(context(), code);
    expect(await deliver(context(mailboxSite), first)).toBe('sent');
    expect(await deliver(context(mailboxSite), second)).toBe('sent');
    const mails = await mailbox(context(mailboxSite), 10);
    expect(mails.map((m) => m.id)).toEqual([second, first]);
    expect(mails[0]).toMatchObject({
      to: 'gil@partner.example',
      from: 'no-reply@guests.example.com',
      sentAt: '2026-11-21T12:00:00.000Z',
      headers: {
        From: '"Foyer" <no-reply@guests.example.com>',
        'Message-ID': `<${second}@guests.example.com>`,
        'Auto-Submitted': 'auto-generated',
      },
    });
    expect(await mailboxEntry(context(mailboxSite), first)).toEqual(mails[1]);
    expect(await mailboxEntry(context(mailboxSite), 'nothing')).toBeNull();
    expect(fake.requests).toBe(0);
  });

  it('killed after the claim: there is still one', async () => {
    const id = await queued(context());
    await deliver(context(mailboxSite), id);
    await context().db.update(mail).set({ status: 'sending', sealed: null }).where(eq(mail.id, id));
    await minutesPass(2, 6);
    expect(await context().db.$count(mailboxTable)).toBe(1);
  });

  it('works only locally', async () => {
    const id = await queued(context());
    const ctx = context(mailboxSite);
    await deliver(ctx, id);
    ctx.config = { ...ctx.config, local: false };
    expect(await mailbox(ctx, 10)).toEqual([]);
    expect(await mailboxEntry(ctx, id)).toBeNull();
    const other = await queued(context());
    expect(await deliver(ctx, other)).toBe('failed');
  });
});

describe('cron', () => {
  it('takes only what is due, through the index, a bounded number at a time', async () => {
    const { statements } = await queueMany(
      context(),
      Array(7).fill({ to: 'a@b.example', locale: 'en', message: reset }),
    );
    await context().commit(statements);
    expect(await sendDue(context(), 5)).toBe(5);
    expect(await sendDue(context(), 5)).toBe(2);
    expect(await sendDue(context(), 5)).toBe(0);
    expect(fake.arrived).toHaveLength(7);
    const { results } = await env.DB.prepare(
      `explain query plan select id from mail where status in ('queued', 'sending') and next_attempt_at <= ? order by next_attempt_at limit 50`,
    )
      .bind(1)
      .all();
    expect(JSON.stringify(results)).toContain('mail_due');
  });

  it('forgets mails a month after their end, and not before', async () => {
    const [old, young, open] = [await queued(context()), await queued(context()), await queued(context())];
    await deliver(context(mailboxSite), old);
    await deliver(context({ ...mailboxSite, after: 10 * DAY }), young);
    await purge(context({ after: 31 * DAY }));
    const left = await context().db.select({ id: mail.id }).from(mail);
    expect(left.map((m) => m.id).sort()).toEqual([young, open].sort());
    expect((await mailbox(context(mailboxSite), 10)).map((m) => m.id)).toEqual([young]);
  });
});
