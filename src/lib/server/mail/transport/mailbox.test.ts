import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { code, context, fake, mailboxSite, minutesPass, queued, setUpMail } from '../../../../../tests/mail';
import { mail, mailboxEntry as mailboxTable } from '../../schema';
import { deliver } from '../outbox';
import { mailbox, mailboxEntry } from './index';

setUpMail();

describe('the local mailbox', () => {
  it('keeps each mail exactly once, encrypted, and lists the newest first', async () => {
    const first = await queued(context());
    const second = await queued(context(), code);
    expect(await deliver(context(mailboxSite), first)).toBe('sent');
    expect(await deliver(context(mailboxSite), second)).toBe('sent');
    const mails = await mailbox(context(mailboxSite), 10);
    expect(mails.map((m) => m.id)).toEqual([second, first]);
    expect(mails[0]).toMatchObject({
      to: 'gil@partner.example',
      from: '"Foyer" <no-reply@guests.example.com>',
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

  it('keeps one entry when the Worker is killed after its claim', async () => {
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
