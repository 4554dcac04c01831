import { scryptSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ORIGIN, testContext } from '../../../tests/contexts';
import { cost } from '../../../tests/crypto';
import { hash, isOutdated, problem, verify } from './passwords';
import { presets } from './settings';

beforeAll(() => void (cost.real = true));
afterAll(() => void (cost.real = false));

describe('a hash', () => {
  it('fits its password and no other', async () => {
    const stored = await hash('quiet harbour');
    expect(await verify(stored, 'quiet harbour')).toBe(true);
    expect(await verify(stored, 'quiet harbouR')).toBe(false);
    expect(await verify(stored, '')).toBe(false);
  });

  it('is salted, and says how it was made', async () => {
    const [a, b] = [await hash('same'), await hash('same')];
    expect(a).not.toBe(b);
    expect(a).toMatch(/^scrypt\$16384\$8\$5\$[\w-]{22}\$[\w-]{43}$/);
    expect(isOutdated(a)).toBe(false);
  });

  it('is the same for the same characters of another keyboard (NFKC), and knows any Unicode', async () => {
    expect(await verify(await hash('ｈａｒｂｏｕｒ１ é'), 'harbour1 e\u0301')).toBe(true);
    expect(await verify(await hash('橋🌉 ключ'), '橋🌉 ключ')).toBe(true);
  });

  it('of other parameters still fits, and is outdated', async () => {
    const salt = Buffer.from('0123456789abcdef');
    const key = scryptSync('old', salt, 32, { N: 1024, r: 8, p: 1 });
    const stored = `scrypt$1024$8$1$${salt.toString('base64url')}$${key.toString('base64url')}`;
    expect(await verify(stored, 'old')).toBe(true);
    expect(isOutdated(stored)).toBe(true);
  });

  it('of an account that does not exist fits nothing', async () => {
    expect(await verify(undefined, '')).toBe(false);
  });
});

describe('as documented', () => {
  it.each([
    ['ab', 'password.too-short'],
    ['a1', 'password.too-short'],
    ['ab1', null],
    ['abc', 'password.letter-and-digit'],
    ['123', 'password.letter-and-digit'],
    ['ü１x', null],
    ['橋٣橋', null],
    ['🌉🌉1', 'password.letter-and-digit'],
    ['password1', null],
    [`${'x'.repeat(63)}1`, null],
    [`${'x'.repeat(64)}1`, 'password.too-long'],
  ])('%j: %s', async (password, key) =>
    expect((await problem(testContext(), presets.documented, password))?.key ?? null).toBe(key),
  );
});

describe('hardened', () => {
  it.each([
    ['quiet harb1', 'password.too-short'],
    ['quiet harbour lamps', null],
    ['🌉🌊⛵🚢🛟⚓🌧🌫🏗🛠🚧🔦', null],
    ['aaaaaaaaaaaaa', 'password.common'],
    ['ababababababab', 'password.common'],
    ['passwordpassword', 'password.common'],
    ['PasswordPassword', 'password.common'],
    ['qwertyqwerty', 'password.common'],
    ['QWERTY123456', 'password.common'],
    ['password1234', 'password.common'],
    ['2026-Password!', 'password.common'],
    ['12password 345', 'password.common'],
    ['password and lamps', null],
    ['x1'.repeat(64) + 'y', 'password.too-long'],
  ])('%j: %s', async (password, key) =>
    expect((await problem(testContext(), presets.hardened, password))?.key ?? null).toBe(key),
  );
});

it.each([
  // Of the site and its company.
  ['Quay Side Harbour', 'password.common'],
  ['quay-side-harbour-2026!', 'password.common'],
  ['NorthwindQuaySide1', 'password.common'],
  ['northwind-password', 'password.common'],
  ['guests.northwind', 'password.common'],
  // Of the person.
  ['hanako.sato@partner.example', 'password.common'],
  ['Sato_Hanako_1999', 'password.common'],
  ['ＨＡＮＡＫＯ　ＳＡＴＯ１', 'password.common'],
  ['partner-partner-partner', 'password.common'],
  // What is left is enough.
  ['hanako keeps two lamps', null],
  ['the quay side is quiet', null],
  ['quiet harbour lamps', null],
])('hardened: the names of the site and of the person are not enough, %j: %s', async (password, key) => {
  const site = { siteName: 'Quay Side Harbour', companyName: 'Northwind Guests Ltd.' };
  const person = { email: 'hanako.sato@partner.example', name: 'Hanako Sato', company: 'Partner' };
  expect((await problem(testContext(), presets.hardened, password, { site, person }))?.key ?? null).toBe(key);
  expect((await problem(testContext(), presets.documented, `${password}1`, { site, person }))?.key).toBe(
    undefined,
  );
});

it('the list of common passwords is asked for again if it could not be loaded', async () => {
  vi.stubEnv('DEV', false);
  vi.resetModules();
  const anew = await import('./passwords');
  const answers = [new Response(null, { status: 503 }), new Response('quietharbour2\nlit-lamps\nred-doors')];
  const asked: string[] = [];
  const assets = {
    fetch: async (address: string) => {
      asked.push(address);
      return answers.shift()!;
    },
  } as unknown as Fetcher;
  const judged = (password: string) => anew.problem({ ...testContext(), assets }, presets.hardened, password);
  await expect(judged('quiet harbour lamps')).rejects.toThrow('503');
  expect(await judged('QuietHarbour2')).toEqual({ key: 'password.common' });
  expect(await judged('lit-lamps\nred-doors')).toBeNull();
  expect(asked).toEqual(Array(2).fill(`${ORIGIN}/_app/common-passwords.txt`));
  vi.unstubAllEnvs();
});
