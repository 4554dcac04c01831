/** For tests of mail: a site that sends through a fake MailChannels, and a clock. */
import { env as bindings } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, expect } from 'vitest';
import type { Ctx, Env, MailConfig } from '../src/lib/server/context';
import { createContext } from '../src/lib/server/context/create';
import type { MailMessage } from '../src/lib/server/mail/messages';
import { queue, sendDue } from '../src/lib/server/mail/outbox';
import { mail } from '../src/lib/server/schema';
import { fakeMailChannels, type FakeMailChannels } from './fake-mailchannels';

export let fake: FakeMailChannels;
/** The mails that the queue was nudged for. */
export let nudged: string[];

/** Afterwards, every request must have matched the documentation. */
export function setUpMail(): void {
  beforeEach(async () => {
    fake = fakeMailChannels();
    nudged = [];
    await env.DB.exec('delete from mail; delete from mailbox_entry');
  });
  afterEach(() => {
    fake.restore();
    expect(fake.problems).toEqual([]);
  });
}

export const env = bindings as unknown as Env;
export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;
export const START = Date.UTC(2026, 10, 21, 12);

/** By default, of a site that sends through the fake MailChannels. */
export function context({
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
  return createContext({
    env: { ...env, MAIL_QUEUE: queue as unknown as Ctx['queue'] },
    waitUntil: (work) => void deferred.push(work),
    changeLimit: null,
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
      securityContact: null,
      inlineMail: inline,
    },
  });
}
export const mailboxSite = { mail: { transport: 'mailbox' as const } };
export const deferred: Promise<unknown>[] = [];

export const TOKEN = 'k7q2m4x6c3v5b2n4h6j3g5f2d4s6a3p5o2i4u6y3';
export const reset: MailMessage = {
  kind: 'reset',
  siteName: 'Foyer',
  url: `https://guests.example.com/reset/${TOKEN}`,
  minutes: 60,
};
export const code: MailMessage = { kind: 'code', siteName: 'Foyer', code: '048213', purpose: 'login' };

export async function queued(ctx: Ctx, message: MailMessage = reset, more = {}): Promise<string> {
  const { id, statement } = await queue(ctx, { to: 'gil@partner.example', locale: 'en', message, ...more });
  await ctx.commit([statement]);
  return id;
}
export const row = async (id: string) => (await context().db.select().from(mail).where(eq(mail.id, id)))[0]!;
/** Cron runs in each of these minutes. */
export async function minutesPass(from: number, to: number) {
  for (let minute = from; minute <= to; minute++) await sendDue(context({ after: minute * MINUTE }));
}
