import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { Sentence } from '../forms';
import { normalize } from '../normalize';
import { lacking } from '../passwords';
import type { Ctx } from './context';
import { Refusal } from './errors';
import type { CredentialPolicy, Settings } from './schema';

/** OWASP Password Storage Cheat Sheet: N=2^14, r=8, p=5 (16 MB, about 120 ms here). */
const CURRENT = { N: 16384, r: 8, p: 5 };

const derive = (password: string, salt: Uint8Array, { N, r, p }: typeof CURRENT): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    // NFKC, so that the same password typed on another device is the same (NIST SP 800-63B §5.1.1.2).
    scrypt(normalize(password, 'NFKC'), salt, 32, { N, r, p, maxmem: 64 * 1024 * 1024 }, (error, key) =>
      error ? reject(error) : resolve(key),
    ),
  );

/** `scrypt$N$r$p$salt$key`, the last two in base64url. */
export async function hash(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, CURRENT);
  return [
    'scrypt',
    CURRENT.N,
    CURRENT.r,
    CURRENT.p,
    salt.toString('base64url'),
    key.toString('base64url'),
  ].join('$');
}

// Compared for unknown login names, so that they take as long as known ones.
const NOBODY = `scrypt$${CURRENT.N}$${CURRENT.r}$${CURRENT.p}$AAAAAAAAAAAAAAAAAAAAAA$${'A'.repeat(43)}`;

export async function verify(stored: string | undefined, password: string): Promise<boolean> {
  const [, N, r, p, salt, key] = (stored ?? NOBODY).split('$');
  const expected = Buffer.from(key ?? '', 'base64url');
  const found = await derive(password, Buffer.from(salt ?? '', 'base64url'), {
    N: Number(N),
    r: Number(r),
    p: Number(p),
  });
  return timingSafeEqual(found, expected) && stored !== undefined;
}

/** Renewed at the next login. */
export const isOutdated = (stored: string): boolean =>
  !stored.startsWith(`scrypt$${CURRENT.N}$${CURRENT.r}$${CURRENT.p}$`);

type Asking = Pick<Ctx, 'assets' | 'config'>;

/** Words that a guesser tries first: of the site, and of whoever the password is for. */
interface Known {
  site?: Pick<Settings, 'siteName' | 'companyName'>;
  person?: { email: string; name?: string; company?: string };
}

export async function problem(
  ctx: Asking,
  policy: CredentialPolicy,
  password: string,
  known: Known = {},
): Promise<Sentence | null> {
  const lacks = lacking(policy, password);
  if (lacks) return lacks;
  if (!policy.refuseCommon) return null;
  const bare = normalize(password, 'NFKC').toLowerCase();
  const letters = lettersOf(bare);
  const rest = without(letters, wordsOf(ctx, known));
  const isEasy =
    (rest !== null && rest.length < ENOUGH) || (await isCommon(ctx, bare, ...coresOf(letters), rest ?? ''));
  return isEasy ? { key: 'password.common' } : null;
}

/** For a form with the field `password`. */
export async function refusalOf(
  ctx: Asking,
  policy: CredentialPolicy,
  password: string,
  known: Known = {},
): Promise<Refusal | null> {
  const found = await problem(ctx, policy, password, known);
  return found && new Refusal('invalid', { ...found, field: 'password' });
}

/** Letters and digits that a password needs besides known words, or besides a common one. */
const ENOUGH = 6;

/** What is left without the first or last few: `password` of `password2026`. */
function coresOf(letters: string): string[] {
  const cores: string[] = [];
  for (let before = 0; before < ENOUGH; before++)
    for (let after = 0; before + after < ENOUGH; after++)
      cores.push(letters.slice(before, letters.length - after));
  return cores.filter((core) => core.length >= ENOUGH);
}

/** Whole names, their parts of three letters or more, and those of the address and the host. The longest first. */
function wordsOf({ config }: Asking, { site, person }: Known): string[] {
  const host = new URL(config.origin).hostname;
  const names = [host, site?.siteName, site?.companyName, person?.email, person?.name, person?.company];
  const words = [...names, 'foyer'].flatMap((name) => {
    const bare = normalize(name ?? '', 'NFKC').toLowerCase();
    return [lettersOf(bare), ...bare.split(/[^\p{L}\p{M}\p{N}]+/u)];
  });
  return [...new Set(words)]
    .filter((word) => word.length > 2 || /^\p{Script=Han}{2}$/u.test(word))
    .sort((a, b) => b.length - a.length);
}

/** Without these words; null if it has none of them. */
function without(letters: string, words: string[]): string | null {
  const rest = words.reduce((left, word) => left.replaceAll(word, ' '), letters);
  return rest === letters ? null : rest.replaceAll(' ', '');
}

const lettersOf = (text: string): string => text.replace(/[^\p{L}\p{M}\p{N}]+/gu, '');

/** One of them is on zxcvbn's list of some 49,000 common ones, is such a one twice, or has hardly any different characters. */
async function isCommon(ctx: Asking, ...words: string[]): Promise<boolean> {
  if (words.some((word) => word !== '' && new Set(word).size < 4)) return true;
  const list = await (common ??= load(ctx).catch((error: unknown) => {
    common = undefined;
    throw error;
  }));
  const listed = (word: string) => word !== '' && !word.includes('\n') && list.includes(`\n${word}\n`);
  return words.some((word) => {
    const half = word.slice(0, word.length / 2);
    return listed(word) || (half + half === word && listed(half));
  });
}

/** A line each. Kept by the isolate once somebody has chosen a password. */
let common: Promise<string> | undefined;

/** Not part of the Worker, of which it would be a third: a file beside it (vite/common-passwords.ts). */
async function load({ assets, config }: Asking): Promise<string> {
  if (import.meta.env.DEV) {
    const list = await import('@zxcvbn-ts/language-common/dist/passwords.json.mjs');
    return `\n${list.default.join('\n')}\n`;
  }
  const answer = await assets.fetch(`${config.origin}/_app/common-passwords.txt`);
  if (!answer.ok) throw new Error(`the list of common passwords is missing: ${answer.status}`);
  return `\n${await answer.text()}\n`;
}
