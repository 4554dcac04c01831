/** Random values, hashes and sealed texts. Only this file knows that a change of secret leaves two of them. */
import { hmac } from '@oslojs/crypto/hmac';
import { generateRandomString } from '@oslojs/crypto/random';
import { SHA256, sha256 } from '@oslojs/crypto/sha2';
import { constantTimeEqual } from '@oslojs/crypto/subtle';
import {
  decodeBase64urlIgnorePadding,
  encodeBase32LowerCaseNoPadding,
  encodeBase64urlNoPadding,
} from '@oslojs/encoding';
import { kept } from '../kept';

const utf8 = new TextEncoder();
const random = { read: (bytes: Uint8Array) => void crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>) };

/** 80 random bits. Not a secret. */
export const randomId = (): string =>
  encodeBase32LowerCaseNoPadding(crypto.getRandomValues(new Uint8Array(10)));

export const randomToken = (): string =>
  encodeBase32LowerCaseNoPadding(crypto.getRandomValues(new Uint8Array(25)));

export const randomCode = (): string => generateRandomString(random, '0123456789', 6);

/** For tokens of 160+ random bits, which need no salt. */
export const hashToken = (token: string): string => encodeBase64urlNoPadding(sha256(utf8.encode(token)));

export const hashBytes = async (bytes: Uint8Array): Promise<string> =>
  encodeBase64urlNoPadding(
    new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)),
  );

/** Current first, then previous ones that are still accepted. */
export type Secret = readonly [current: string, ...previous: string[]];

const generations = (secret: Secret): Secret[] => secret.map((one) => [one] as const);

const purposeKey = ([current]: Secret, purpose: string): Uint8Array => keyFor(purpose, current);

const keyFor = kept((purpose, secret) => hmac(SHA256, utf8.encode(secret), utf8.encode(`foyer:${purpose}`)));

export const keyedBytes = (secret: Secret, purpose: string, text: string): Uint8Array =>
  hmac(SHA256, purposeKey(secret, purpose), utf8.encode(text));

export const keyedHash = (secret: Secret, purpose: string, text: string): string =>
  encodeBase64urlNoPadding(keyedBytes(secret, purpose, text));

/** The same text, such as a request's key, always makes the same id. */
export const keyedId = (secret: Secret, purpose: string, text: string): string =>
  encodeBase32LowerCaseNoPadding(keyedBytes(secret, purpose, text).slice(0, 10));

export function sameText(a: string, b: string): boolean {
  const [x, y] = [utf8.encode(a), utf8.encode(b)];
  return x.length === y.length && constantTimeEqual(x, y);
}

export const isMadeBy = (secret: Secret, make: (secret: Secret) => string, text: string): boolean =>
  generations(secret).some((one) => sameText(make(one), text));

export const keyedHashes = (secret: Secret, purpose: string, text: string): string[] =>
  generations(secret).map((one) => keyedHash(one, purpose, text));

/** For cookies that the browser must not forge. */
export const sign = (secret: Secret, purpose: string, value: string): string =>
  `${value}.${keyedHash(secret, purpose, value)}`;

export function unsign(secret: Secret, purpose: string, signed: string | undefined): string | null {
  const dot = signed?.lastIndexOf('.') ?? -1;
  if (!signed || dot < 0) return null;
  const value = signed.slice(0, dot);
  return isMadeBy(secret, (one) => sign(one, purpose, value), signed) ? value : null;
}

const uint64 = (n: number): Uint8Array => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(n));
  return bytes;
};

/**
 * For a number that counts, shown to people who must not be able to count: always the same 22 letters for the same number, without
 * its order.
 */
export function veil(secret: Secret, purpose: string, n: number): string {
  const key = purposeKey(secret, purpose);
  const tag = hmac(SHA256, key, uint64(n)).slice(0, 8);
  const mask = hmac(SHA256, key, tag);
  return encodeBase64urlNoPadding(new Uint8Array([...tag, ...uint64(n).map((byte, i) => byte ^ mask[i]!)]));
}

export function unveil(secret: Secret, purpose: string, veiled: string): number | null {
  if (!/^[\w-]{22}$/.test(veiled)) return null;
  const bytes = decodeBase64urlIgnorePadding(veiled);
  for (const one of generations(secret)) {
    const mask = hmac(SHA256, purposeKey(one, purpose), bytes.slice(0, 8));
    const plain = bytes.slice(8).map((byte, i) => byte ^ mask[i]!);
    const n = Number(new DataView(plain.buffer).getBigUint64(0));
    if (Number.isSafeInteger(n) && sameText(veil(one, purpose, n), veiled)) return n;
  }
  return null;
}

const aesKey = (secret: Secret, purpose: string) =>
  crypto.subtle.importKey('raw', new Uint8Array(purposeKey(secret, purpose)), 'AES-GCM', false, [
    'encrypt',
    'decrypt',
  ]);

/** AES-256-GCM with a random 96-bit IV: base64url of IV + ciphertext. */
export async function seal(secret: Secret, purpose: string, text: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const key = await aesKey(secret, purpose);
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, utf8.encode(text)));
  const both = new Uint8Array(iv.length + sealed.length);
  both.set(iv);
  both.set(sealed, iv.length);
  return encodeBase64urlNoPadding(both);
}

export async function unseal(secret: Secret, purpose: string, sealed: string): Promise<string> {
  const both = decodeBase64urlIgnorePadding(sealed);
  const iv = both.slice(0, 12);
  const [first, ...others] = generations(secret);
  const open = async (one: Secret) =>
    new TextDecoder().decode(
      await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, await aesKey(one, purpose), both.slice(12)),
    );
  // GCM rejects other keys, so the first that opens it is right.
  return others.reduce((tried, one) => tried.catch(() => open(one)), open(first!));
}
