/** Random values, hashes and sealed texts. During a change of the site's secret there are two; only this file knows that. */
import { hmac } from '@oslojs/crypto/hmac';
import { generateRandomString } from '@oslojs/crypto/random';
import { SHA256, sha256 } from '@oslojs/crypto/sha2';
import { constantTimeEqual } from '@oslojs/crypto/subtle';
import {
  decodeBase64urlIgnorePadding,
  encodeBase32LowerCaseNoPadding,
  encodeBase64urlNoPadding,
} from '@oslojs/encoding';

const utf8 = new TextEncoder();
const random = { read: (bytes: Uint8Array) => void crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>) };

/** 80 random bits as 16 base32 characters: ids of rows. Not a secret. */
export const randomId = (): string =>
  encodeBase32LowerCaseNoPadding(crypto.getRandomValues(new Uint8Array(10)));

/** 200 random bits as 40 base32 characters: tokens. In base32 no six-digit number can be mistaken for a code. */
export const randomToken = (): string =>
  encodeBase32LowerCaseNoPadding(crypto.getRandomValues(new Uint8Array(25)));

export const randomCode = (): string => generateRandomString(random, '0123456789', 6);

/** SHA-256 as base64url: how tokens of 160+ random bits are stored. */
export const hashToken = (token: string): string => encodeBase64urlNoPadding(sha256(utf8.encode(token)));

/** The site's secret: the current value, then previous ones that are still accepted. */
export type Secret = readonly [current: string, ...previous: string[]];

const generations = (secret: Secret): Secret[] => secret.map((one) => [one] as const);

/** The key of one purpose, derived from the site's secret (HMAC as a PRF, RFC 5869's extract step). */
const purposeKey = ([current]: Secret, purpose: string): Uint8Array =>
  hmac(SHA256, utf8.encode(current), utf8.encode(`foyer:${purpose}`));

export const keyedBytes = (secret: Secret, purpose: string, text: string): Uint8Array =>
  hmac(SHA256, purposeKey(secret, purpose), utf8.encode(text));

export const keyedHash = (secret: Secret, purpose: string, text: string): string =>
  encodeBase64urlNoPadding(keyedBytes(secret, purpose, text));

/** A row's id derived from a text, such as the key of a request: the same request makes the same row. */
export const keyedId = (secret: Secret, purpose: string, text: string): string =>
  encodeBase32LowerCaseNoPadding(keyedBytes(secret, purpose, text).slice(0, 10));

export function sameText(a: string, b: string): boolean {
  const [x, y] = [utf8.encode(a), utf8.encode(b)];
  return x.length === y.length && constantTimeEqual(x, y);
}

export const isMadeBy = (secret: Secret, make: (secret: Secret) => string, text: string): boolean =>
  generations(secret).some((one) => sameText(make(one), text));

/** The keyed hashes under which a row may be stored: the current secret's first, then those of previous ones. */
export const keyedHashes = (secret: Secret, purpose: string, text: string): string[] =>
  generations(secret).map((one) => keyedHash(one, purpose, text));

/** `value` with its signature appended; read back with `unsign`. For cookies that the browser must not forge. */
export const sign = (secret: Secret, purpose: string, value: string): string =>
  `${value}.${keyedHash(secret, purpose, value)}`;

export function unsign(secret: Secret, purpose: string, signed: string | undefined): string | null {
  const dot = signed?.lastIndexOf('.') ?? -1;
  if (!signed || dot < 0) return null;
  const value = signed.slice(0, dot);
  return isMadeBy(secret, (one) => sign(one, purpose, value), signed) ? value : null;
}

const aesKey = (secret: Secret, purpose: string) =>
  crypto.subtle.importKey('raw', new Uint8Array(purposeKey(secret, purpose)), 'AES-GCM', false, [
    'encrypt',
    'decrypt',
  ]);

/** Encrypts a text (AES-256-GCM, random 96-bit IV): base64url of IV + ciphertext. */
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
  // GCM refuses what another key has sealed, so the first key that opens it is the right one.
  return others.reduce((tried, one) => tried.catch(() => open(one)), open(first!));
}
