import { describe, expect, it } from 'vitest';
import { context, fake, mailboxSite, setUpMail } from '../../../../../tests/mail';
import { send } from './index';

setUpMail();

describe('headers', () => {
  const outgoing = {
    id: 'abc',
    to: 'gil@partner.example',
    fromName: 'Foyer',
    subject: 'Hello',
    text: 'x',
    html: '<p>x</p>',
    replyTo: null,
    threadId: null,
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

  it('no name or subject is decoded into another', async () => {
    const boss = '=?utf-8?B?Qm9zcyA8Ym9zc0BiYW5rLmV4YW1wbGU+?=';
    const replyTo = { name: boss, email: 'ava@foyer.example' };
    await send(context(), { ...outgoing, fromName: boss, subject: `Re: ${boss}`, replyTo }, options);
    const { from, subject, payload } = fake.arrived.at(-1)!;
    expect(JSON.stringify([from, subject, payload.reply_to])).not.toMatch(/=\?/);
  });

  it('an answer goes to the address of Reply-To, unless it could begin a header', async () => {
    const replyTo = { name: 'Ava "A"\r\nBcc: e@evil.example', email: 'ava@gäste.example' };
    await send(context(), { ...outgoing, replyTo }, options);
    expect(fake.arrived.at(-1)!.payload.reply_to).toEqual({
      name: "Ava 'A' Bcc: e@evil.example",
      email: 'ava@xn--gste-loa.example',
    });
    await send(context(), outgoing, options);
    expect(fake.arrived.at(-1)!.payload).not.toHaveProperty('reply_to');
    for (const email of [
      '',
      'a@b.example\r\nBcc: c@d.example',
      'a@b.example, c@d.example',
      '<a@b.example>',
    ]) {
      await send(context(), { ...outgoing, replyTo: { name: 'Ava', email } }, options);
      expect(fake.arrived.at(-1)!.payload).not.toHaveProperty('reply_to');
    }
  });

  it("all mails of a thread refer to the same one, and to no other thread's", async () => {
    const headersOf = async (id: string, threadId: number | null) => {
      await send(context(), { ...outgoing, id, threadId }, options);
      return fake.arrived.at(-1)!.headers;
    };
    const [first, second] = [await headersOf('a', 12), await headersOf('b', 12)];
    expect(first.References).toBe('<thread-12@guests.example.com>');
    expect(first['In-Reply-To']).toBe(first.References);
    expect(second.References).toBe(first.References);
    expect((await headersOf('c', 13)).References).not.toBe(first.References);
    expect(await headersOf('d', null)).not.toHaveProperty('References');
  });

  it('mail that can be stopped has the headers of RFC 8058, unless its link is malformed', async () => {
    const unsubscribe = 'https://guests.example.com/unsubscribe/k7q2';
    await send(context(), { ...outgoing, unsubscribe }, options);
    expect(fake.arrived.at(-1)!.headers).toMatchObject({
      'List-Unsubscribe': `<${unsubscribe}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    });
    // Otherwise MailChannels would add its own links, which unsubscribe there, not here.
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

  it('an address that could begin a header is refused', async () => {
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

  it('domains are sent in ASCII', async () => {
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
