import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { bindings, testContext, visit } from '../../../../tests/contexts';
import { makeUser } from '../../../../tests/factories';
import { count, countingD1, dump, numbers, refusal } from '../../../../tests/helpers';
import { login } from '../../../../tests/logins';
import * as audit from '../audit';
import { changed, isDuplicate, must, type Env } from './index';
import { Misconfigured, readConfig } from './config';
import { LostRace, Refusal } from '../errors';
import { weakness } from '../secrets';
import { setting } from '../schema';

const production: Env = {
  ...bindings,
  ORIGIN: 'https://guests.example.com',
  FOYER_SECRET: 'Jt5vQx8Lr2ZkWm9Yc4Hs7BfNd1GpTe6AuKoVi3RwMbS',
  SETUP_TOKEN: undefined,
  MAIL_TRANSPORT: 'mailchannels',
  MAIL_DOMAIN: 'guests.example.com',
  MAILCHANNELS_API_KEY: 'key',
  FOYER_LOCAL: undefined,
};
const local: Partial<Env> = { ORIGIN: 'http://localhost:8787', FOYER_LOCAL: '1', MAIL_TRANSPORT: 'mailbox' };
const read = (more: Partial<Env>) => () => readConfig({ ...production, ...more });

describe('the configuration', () => {
  it('of production is not local, whatever else is set', () => {
    expect(readConfig(production)).toMatchObject({
      origin: 'https://guests.example.com',
      local: false,
      setupToken: null,
    });
    const tempted = read({ FOYER_LOCAL: '1', FOYER_SEED: 'demo', FOYER_INLINE_MAIL: '1' })();
    expect(tempted).toMatchObject({ local: false, seed: false, inlineMail: false });
  });

  it('of a laptop is local only with the variable and http://localhost', () => {
    expect(read({ ...local, FOYER_SEED: 'demo' })()).toMatchObject({
      local: true,
      seed: true,
      mail: { transport: 'mailbox' },
    });
  });

  it.each<[string, Partial<Env>]>([
    ['no origin', { ORIGIN: undefined }],
    ['an origin that is none', { ORIGIN: 'guests.example.com' }],
    ['http', { ORIGIN: 'http://guests.example.com' }],
    ['http://localhost without the variable', { ...local, FOYER_LOCAL: undefined }],
    ['a name that only looks local', { ...local, ORIGIN: 'http://localhost.example.com' }],
    ['127.0.0.1', { ...local, ORIGIN: 'http://127.0.0.1:8787' }],
    ['no secret', { FOYER_SECRET: undefined }],
    ['an empty secret', { FOYER_SECRET: '' }],
    ['a short secret', { FOYER_SECRET: 'x'.repeat(31) }],
    ['a secret of one character', { FOYER_SECRET: 'x'.repeat(43) }],
    ['a secret of few characters', { FOYER_SECRET: 'abacabadabacabaeabacabadabacabafacab' }],
    ['a repeated word', { FOYER_SECRET: 'harbour-bridge-harbour-bridge-harbour-bridge' }],
    ['a word with counters', { FOYER_SECRET: 'Harbour1Harbour2Harbour3Harbour4Harbour5' }],
    ['the alphabet', { FOYER_SECRET: 'abcdefghijklmnopqrstuvwxyz0123456789' }],
    ['the keyboard', { FOYER_SECRET: 'qwertyuiopasdfghjklzxcvbnm1234567890' }],
    ['an example value', { FOYER_SECRET: 'change-me-to-a-long-random-secret-string' }],
    ['another example value', { FOYER_SECRET: 'your-secret-key-here-at-least-32-characters' }],
    ['words that nobody chose at random', { FOYER_SECRET: 'loremipsumdolorsitametconsectetur' }],
    ['letters written as signs', { FOYER_SECRET: 'P@ssw0rdP@ssw0rd2026Foyer!Company' }],
    ['letters written as digits', { FOYER_SECRET: '7h15_15_my_53cr37_d0_n07_5h4r3_17!' }],
    ['a sentence', { FOYER_SECRET: 'ThisIsMyFoyerSecretDoNotShareIt123!' }],
    ['a sentence about oneself', { FOYER_SECRET: 'ILoveMyDogRexAndMyCatTomSince2011' }],
    ['a sentence in German', { FOYER_SECRET: 'MeinHundHeisstRexUndIchLiebeIhnSehr' }],
    ['a sentence in Japanese', { FOYER_SECRET: 'watashi-no-namae-wa-tanaka-desu-yo' }],
    ['two moments', { FOYER_SECRET: '2026-11-26T18:43:14.581Z2026-11-27' }],
    ['days of a life', { FOYER_SECRET: '19840312-20111126-20260101-19990704' }],
    ['a long secret made of blanks', { FOYER_SECRET: `short${' '.repeat(40)}` }],
    ...(
      [
        ['digits of π', '3.14159265358979323846264338327950'],
        ['digits of π, later ones', '26433832795028841971693993751058209'],
        ['digits of e', '2.71828182845904523536028747135266'],
        ['the MD5 of nothing', 'd41d8cd98f00b204e9800998ecf8427e'],
        ['the SHA-256 of nothing', 'E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855'],
        ['the same in base64', '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='],
        ['the SHA-1 of a word', '5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8'],
        ['an id out of a standard', '123e4567-e89b-12d3-a456-426614174000'],
        ['columns of the keyboard', '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,'],
        ['columns, shifted', '!QAZ@WSX#EDC$RFV%TGB^YHN&UJM*IK<'],
        ['short columns', 'qazwsxedcrfvtgbyhnujmikolpqazwsxedc'],
        ['a zigzag over the keyboard', 'q1w2e3r4t5y6u7i8o9p0a1s2d3f4g5h6'],
        ['rows to and fro', 'qwertyuioppoiuytrewqasdfghjkl;lkjhgfdsa'],
        ['a famous passphrase', 'correcthorsebatterystaplecorrecthorse'],
        ['a passphrase with blanks', 'seven purple lamps sing at midnight'],
        ['a pangram', 'the-quick-brown-fox-jumps-over-the-lazy-dog'],
        ['base64 of a word', btoa('secret-secret-secret-secret-secret')],
        ['base64 of an example', btoa('change-me-to-a-long-random-secret-string')],
        ['base64 of base64 of a word', btoa(btoa('secret-secret-secret-secret-secret'))],
        ['base64 of bytes that count', 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='],
        ['hexadecimal of a word', '7365637265742d7365637265742d7365637265742d736563726574'],
        ['a command that nobody ran', '$(openssl rand -base64 32)'],
        ['a command in backticks', '`openssl rand -base64 32 | tr -d x`'],
        ['a variable that nobody filled in', '${FOYER_SECRET_OF_THE_PRODUCTION_SITE}'],
        ['a field of a template', '{{ .Values.foyer.production.secretKey }}'],
      ] as const
    ).map(([name, secret]): [string, Partial<Env>] => [name, { FOYER_SECRET: secret }]),
    ['the command for a set-up token', { SETUP_TOKEN: '$(openssl rand -hex 24)' }],
    ['a weak previous secret', { FOYER_SECRET_PREVIOUS: 'x'.repeat(43) }],
    ['a short set-up token', { SETUP_TOKEN: 'k3J9xQ2m' }],
    ['a set-up token of one word', { SETUP_TOKEN: 'setup-token-setup-token' }],
    ['a set-up token that counts', { SETUP_TOKEN: '12345678901234567890' }],
    ['a set-up token as in an example', { SETUP_TOKEN: 'your-setup-token-here' }],
    ['no secret on a laptop', { ...local, FOYER_SECRET: undefined }],
    ['no transport', { MAIL_TRANSPORT: undefined }],
    ['an unknown transport', { MAIL_TRANSPORT: 'smtp' }],
    ['the mailbox on the internet', { MAIL_TRANSPORT: 'mailbox' }],
    ['the mailbox on the internet with the variable', { MAIL_TRANSPORT: 'mailbox', FOYER_LOCAL: '1' }],
    ['no key for MailChannels', { MAILCHANNELS_API_KEY: undefined }],
    ['no mail domain', { MAIL_DOMAIN: '' }],
    ['a security contact without its scheme', { SECURITY_CONTACT: 'security@foyer.example' }],
    ['a security contact of two lines', { SECURITY_CONTACT: 'https://foyer.example\nCanonical: x' }],
  ])('with %s fails closed, in words', (_name, more) => {
    expect(read(more)).toThrow(Misconfigured);
  });

  it.each([
    ['', null],
    [
      '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
      'counts or runs along the alphabet, once it is decoded',
    ],
    ['AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=', 'counts or runs along the alphabet, once it is decoded'],
    ['qwertyuiop[]asdfghjkl;zxcvbnm,./', 'runs along the keyboard'],
    ['qwertyuiopasdfghjklzxcvbnm1234567890', 'runs along the keyboard'],
    ['1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,', 'runs along the keyboard'],
  ])('says of %s what is wrong with it', (secret, reason) => {
    expect(weakness(secret, secret === '' ? 0 : 32)).toBe(reason);
  });

  it('of random secrets is accepted, however they were made', () => {
    // Seeded: about once in 10,000, a random secret looks weak.
    const next = numbers(2026);
    const bytes = (n: number) => Uint8Array.from({ length: n }, () => next(256));
    for (let i = 0; i < 500; i++) {
      const hex = bytes(24).toHex();
      const base64 = bytes(32).toBase64();
      const digits = [...bytes(64)].map((byte) => byte % 10).join('');
      for (const secret of [hex, base64, digits])
        expect(read({ FOYER_SECRET: secret, SETUP_TOKEN: hex })()).toMatchObject({
          secret: [secret],
          setupToken: hex,
        });
    }
  });

  it('holds the previous secret besides the current one, and one alone where they are the same', () => {
    const previous = 'a3W8-kQ2v!Rz6m-Tp9x!Hc4n-Lb7s!Yd5f-Gj1e';
    expect(read({ FOYER_SECRET_PREVIOUS: previous })().secret).toEqual([production.FOYER_SECRET, previous]);
    for (const none of [undefined, '', production.FOYER_SECRET])
      expect(read({ FOYER_SECRET_PREVIOUS: none })().secret).toEqual([production.FOYER_SECRET]);
  });

  it('never says the secret', () => {
    const secret = 'too-short-but-secret';
    expect(read({ FOYER_SECRET: secret })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(secret) }),
    );
  });
});

describe('a commit', () => {
  const write = (ctx: ReturnType<typeof testContext>, key: string) =>
    ctx.db.insert(setting).values({ key, value: '1' });

  it('writes all of it', async () => {
    const ctx = testContext();
    await ctx.commit([
      write(ctx, 'a'),
      [write(ctx, 'b')],
      null,
      false,
      audit.entry(ctx, 'site.set-up', 'site'),
    ]);
    expect(await count('setting', `key in ('a', 'b')`)).toBe(2);
  });

  it('writes nothing when a condition fails, before and behind it', async () => {
    const ctx = testContext();
    const before = await dump();
    const nothing = ctx.db.update(setting).set({ value: '2' });
    const batch = [write(ctx, 'c'), nothing.where(undefined), must(ctx, changed(99)), write(ctx, 'd')];
    await expect(ctx.commit(batch)).rejects.toBeInstanceOf(LostRace);
    expect(await dump()).toEqual(before);
  });

  it('writes nothing when a statement fails, and tells a duplicate from a lost race', async () => {
    const ctx = testContext();
    await ctx.commit([write(ctx, 'e')]);
    const error = await ctx.commit([write(ctx, 'f'), write(ctx, 'e')]).catch((e) => e);
    expect(isDuplicate(error)).toBe(true);
    expect(error).not.toBeInstanceOf(LostRace);
    expect(await count('setting', `key = 'f'`)).toBe(0);
  });

  it('refuses in words where a condition does not hold, and then asks no more', async () => {
    const ctx = testContext();
    const taken = new Refusal('conflict', { key: 'form.stale' });
    const batch = () => [write(ctx, 'n'), must(ctx, sql`1 = 2`)];
    await expect(ctx.commit(batch(), { refusal: taken })).rejects.toBe(taken);
    await expect(ctx.commit(batch(), { refusal: async () => taken })).rejects.toBe(taken);
    expect(await ctx.commit(batch(), { refusal: () => null })).toMatchObject({ done: false });
    expect(await count('setting', `key = 'n'`)).toBe(0);
    expect(await ctx.commit([must(ctx, sql`1 = 1`)], { refusal: taken })).toMatchObject({ done: true });
  });

  it('takes a duplicate for a lost race, or for a thing that was done already, where it is told to', async () => {
    const ctx = testContext();
    const taken = new Refusal('conflict', { key: 'form.stale' });
    await ctx.commit([write(ctx, 's')]);
    const again = () => [write(ctx, 't'), write(ctx, 's')];
    await expect(ctx.commit(again(), { duplicate: 'lost' })).rejects.toBeInstanceOf(LostRace);
    await expect(ctx.commit(again(), { duplicate: 'lost', refusal: taken })).rejects.toBe(taken);
    expect(await ctx.commit(again(), { duplicate: 'done', refusal: taken })).toMatchObject({ done: false });
    await expect(ctx.commit([must(ctx, sql`1 = 2`)], { duplicate: 'done', refusal: taken })).rejects.toBe(
      taken,
    );
    expect(await count('setting', `key = 't'`)).toBe(0);
  });

  it('asks a condition without writing a row', async () => {
    const ctx = testContext();
    const { meta } = await bindings.DB.prepare(`select json(case when 1 = 1 then '1' else 'no' end)`).run();
    expect(meta.rows_written).toBe(0);
    await ctx.commit([must(ctx, sql`exists (select 1 from setting) or 1`)]);
  });

  it('gives the result of a statement by the statement, and of a read by its name', async () => {
    const ctx = testContext();
    const insert = ctx.db
      .insert(setting)
      .values({ key: 'r', value: '7' })
      .returning({ value: setting.value });
    const made = await ctx.commit([write(ctx, 'q'), insert]);
    expect(made.of(insert)).toEqual([{ value: '7' }]);
    expect(() => made.of(write(ctx, 'q'))).toThrow();
    const found = await ctx.read({
      one: ctx.db.select({ value: setting.value }).from(setting).where(eq(setting.key, 'r')),
      raw: ctx.db.all<{ n: number }>(sql`select 2 as n`),
      none: ctx.db.select().from(setting).where(eq(setting.key, 'nothing')),
    });
    expect(found).toEqual({ one: [{ value: '7' }], raw: [{ n: 2 }], none: [] });
  });

  it('takes along what was pending, once', async () => {
    const ctx = testContext();
    ctx.pending.push(write(ctx, 'g'));
    await ctx.commit([write(ctx, 'h')]);
    await ctx.commit([write(ctx, 'i')]);
    expect(await count('setting', `key in ('g', 'h', 'i')`)).toBe(3);
  });

  it('runs what waits for it only when it has succeeded', async () => {
    const ran: string[] = [];
    const ctx = testContext();
    ctx.afterCommit(async () => ran.push('lost'));
    await ctx.commit([write(ctx, 'j'), write(ctx, 'j')]).catch(() => undefined);
    ctx.afterCommit(async () => ran.push('won'));
    await ctx.commit([write(ctx, 'j')]);
    await ctx.settle();
    expect(ran).toEqual(['won']);
  });

  it('of a session that ended meanwhile writes nothing, whatever ended it', async () => {
    const ending = {
      'logged out': (id: string) =>
        bindings.DB.prepare('delete from session where user_id = ?').bind(id).run(),
      deactivated: (id: string) =>
        bindings.DB.prepare("update user set status = 'inactive' where id = ?").bind(id).run(),
    };
    for (const [name, end] of Object.entries(ending)) {
      const person = await makeUser();
      const { jar } = await login(person.email);
      const [before, after] = [await visit(jar), await visit(jar)];
      await before.commit([write(before, `before-${name}`)]);
      await end(person.id);
      const late = after.commit([write(after, `late-${name}`)], { refusal: () => null });
      await expect(late, name).rejects.toMatchObject(refusal('conflict', 'login.ended'));
      expect(await count('setting', 'key = ?', `late-${name}`), name).toBe(0);
    }
  });

  it('of nothing does nothing', async () => {
    expect(await testContext().commit([null, false, undefined, []])).toMatchObject({ done: true });
  });
});

it('the database refuses a second account of an address', async () => {
  const { email } = await makeUser();
  await expect(makeUser({ email })).rejects.toSatisfy(isDuplicate);
});

describe('reads', () => {
  it('that are asked at the same time travel together, and each gets its own rows', async () => {
    const { DB, trips } = countingD1();
    const ctx = testContext({ env: { DB } });
    const one = (n: number) => ctx.read({ row: ctx.db.all<{ n: number }>(sql`select ${n} as n`) });
    const later = async (n: number) => {
      await Promise.resolve();
      return one(n);
    };
    const rows = await Promise.all([one(1), later(2), one(3)]);
    expect(rows.map(({ row }) => row[0]!.n)).toEqual([1, 2, 3]);
    expect(trips()).toBe(1);
    await one(4);
    expect(trips()).toBe(2);
  });

  it('that fail fail alone, and what they had counted is undone', async () => {
    const ctx = testContext();
    const good = () => ctx.read({ row: ctx.db.all<{ n: number }>(sql`select 1 as n`) });
    const counted = ctx.read({
      count: ctx.db.insert(setting).values({ key: 'counted', value: '1' }),
      must: must(ctx, sql`0`),
    });
    const asked = await Promise.allSettled([good(), counted, good()]);
    expect(asked.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await count('setting', "key = 'counted'")).toBe(0);
    // Nor does what fails elsewhere undo or repeat a count.
    const bad = ctx.read({ row: ctx.db.all(sql`select nothing from nowhere`) });
    const once = ctx.read({ count: ctx.db.insert(setting).values({ key: 'counted', value: '1' }) });
    await Promise.allSettled([bad, once]);
    await expect(bad).rejects.toThrow();
    await once;
    expect(await count('setting', "key = 'counted'")).toBe(1);
  });
});
