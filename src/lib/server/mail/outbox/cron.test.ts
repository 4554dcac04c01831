import { describe, expect, it } from 'vitest';
import { context, DAY, env, fake, mailboxSite, queued, reset, setUpMail } from '../../../../../tests/mail';
import { mail } from '../../schema';
import { mailbox } from '../transport';
import { deliver, purge, queueMany, sendDue } from './index';

setUpMail();

describe('cron', () => {
  it('takes only due mails, by the index, a limited number at a time', async () => {
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

  it('deletes mails a month after they were finished', async () => {
    const [old, young, open] = [await queued(context()), await queued(context()), await queued(context())];
    await deliver(context(mailboxSite), old);
    await deliver(context({ ...mailboxSite, after: 10 * DAY }), young);
    await purge(context({ after: 33 * DAY }));
    const left = await context().db.select({ id: mail.id }).from(mail);
    expect(left.map((m) => m.id).sort()).toEqual([young, open].sort());
    expect((await mailbox(context(mailboxSite), 10)).map((m) => m.id)).toEqual([young]);
  });
});
