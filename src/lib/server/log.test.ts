import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { testContext } from '../../../tests/contexts';
import { makeGuest, PASSWORD } from '../../../tests/factories';
import { login } from '../../../tests/logins';
import { whileFailing } from '../../../tests/helpers';
import * as cron from './cron';
import { describeError, log, redact } from './log';
import * as outbox from './mail/outbox';
import { user } from './schema';

/** Everything written to any console method. */
let written: string[] = [];
beforeEach(() => {
  written = [];
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const)
    vi.spyOn(console, method).mockImplementation((...parts) => {
      for (const part of parts)
        written.push(part instanceof Error ? `${part.stack} ${String(part.cause)}` : String(part));
    });
});
afterEach(() => void vi.restoreAllMocks());

const address = 'ada.lovelace@partner.example';
const secretText = 'the pier is sold to nobody';

/** Real errors, each of which quotes a value. */
const loud: [string, () => Promise<unknown> | unknown][] = [
  [
    'drizzle: a query that fails',
    () => testContext().db.run(sql`insert into nowhere values (${address}, ${secretText})`),
  ],
  [
    'drizzle: a batch',
    () =>
      testContext().db.batch([
        testContext()
          .db.select()
          .from(user)
          .where(sql`nothing = ${address}`),
      ]),
  ],
  ['D1: SQL that quotes a value', () => testContext().db.run(sql.raw(`select "${address}" || nope`))],
  ['D1: invalid JSON', () => testContext().db.run(sql.raw(`select json('${address}')`))],
  ['a parser', () => JSON.parse(`{"email": ${address}}`)],
  ['a number parser', () => BigInt(`${address} ${secretText}`)],
  ['fetch', () => fetch(`http://127.0.0.1:9/reset/ab2cd3ef4gh5ij6kl7mn?email=${address}`)],
  ['URL', () => new URL(`no url: ${address}`)],
  [
    'our own error with a cause',
    () => Promise.reject(new Error(address, { cause: new Error(secretText + ` “${address}”`) })),
  ],
  ['a string', () => Promise.reject(address)],
  ['an object', () => Promise.reject({ email: address, text: secretText })],
];

describe('the log holds no value that an error quotes', () => {
  it.each(loud)('%s', async (_name, act) => {
    let thrown: unknown;
    try {
      await act();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeDefined();
    log('it failed', thrown);
    const line = written.join('\n');
    expect(line).toContain('it failed');
    for (const value of [address, 'ada.lovelace', 'lovelace', secretText, 'ab2cd3ef4gh5ij6kl7mn'])
      expect(line).not.toContain(value);
  });
});

it.each([
  [
    'D1_ERROR: UNIQUE constraint failed: user.email: SQLITE_CONSTRAINT',
    'UNIQUE constraint failed: user.email',
  ],
  ['D1_ERROR: no such table: nowhere: SQLITE_ERROR', 'no such table: nowhere'],
  ['Network connection lost.', 'Network connection lost.'],
  ['FOREIGN KEY constraint failed', 'FOREIGN KEY constraint failed'],
])('the log says what failed: %s', (message, words) => {
  expect(describeError(new Error(message))).toContain(words);
});

it.each([
  ['Failed query: select * from user where email = ?\nparams: ada@partner.example,1', ['ada', 'partner']],
  ['could not send to ada@partner.example, <bob@guest.example>;eve＠guest.example', ['ada', 'bob', 'eve']],
  ['no page at /signup/abcdefghijklmnop23456', ['abcdefghijklmnop23456']],
  ['GET https://guests.example.com/reset/zyx987?next=/a failed', ['zyx987', 'next=']],
  ['token ab2cd3ef4gh5ij6kl7mn is over', ['ab2cd3ef4gh5ij6kl7mn']],
  [`near "${secretText}": syntax error`, [secretText, 'pier']],
  [`near '${secretText}`, [secretText, 'pier']],
  [`${'x'.repeat(1_000_000)}@partner.example`, ['x'.repeat(3_000)]],
])('redacts values in a message: %#', (message, values) => {
  for (const value of values) expect(redact(message)).not.toContain(value);
});

it('describes an error by its name and stack', () => {
  const words = describeError(new RangeError('too much'));
  expect(words).toMatch(/^RangeError: \(a message that may hold values\)\n\s+at /);
  expect(describeError(new Error('D1_ERROR: database is locked'))).toMatch(
    /^Error: D1_ERROR: database is locked\n/,
  );
});

describe('forced failures log no personal data', () => {
  it('of login, mail and cron', async () => {
    const guest = await makeGuest({ email: `grace.hopper.${Date.now()}@partner.example` });
    const ctx = testContext();
    const mail = await outbox.queue(ctx, {
      to: guest.email,
      locale: 'en',
      message: { kind: 'removed', siteName: 'Foyer', spaceName: secretText },
      nudge: false,
    });
    await ctx.commit([mail.statement]);
    await whileFailing('mail', '1', async () => {
      expect(await outbox.deliverMany(testContext(), [mail.id])).toEqual([mail.id]);
      await cron.run(testContext());
    });
    await whileFailing('throttle', '1', async () => {
      await expect(login(guest.email, { password: PASSWORD })).rejects.toThrow();
    });
    const later = testContext();
    later.defer(({ db }) => db.run(sql`insert into nowhere values (${guest.email})`));
    await later.settle();
    const lines = written.join('\n');
    expect(lines).toContain(`mail ${mail.id}: delivery broke off`);
    expect(lines).toContain('deferred work failed');
    for (const value of [guest.email, 'grace.hopper', guest.name, secretText, PASSWORD, 'params'])
      expect(lines).not.toContain(value);
  });

  it('of a mail that cannot be unsealed: its row says why and quotes nothing', async () => {
    const ctx = testContext();
    const mail = await outbox.queue(ctx, {
      to: 'x@partner.example',
      locale: 'en',
      message: { kind: 'removed', siteName: 'Foyer', spaceName: secretText },
      nudge: false,
    });
    await ctx.commit([mail.statement]);
    await ctx.db.run(sql`update mail set sealed = ${`not sealed: ${address}`} where id = ${mail.id}`);
    expect(await outbox.deliver(testContext(), mail.id)).toBe('failed');
    const [row] = await ctx.db.all<{ failure_detail: string }>(
      sql`select failure_detail from mail where id = ${mail.id}`,
    );
    expect(row!.failure_detail).not.toContain('lovelace');
  });
});
