/**
 * MailChannels signs its reports: an Ed25519 signature (RFC 9421) over the digest of the body (RFC 9530).
 * https://docs.mailchannels.net/email-api/advanced/delivery-events
 */
import { decodeBase64 } from '@oslojs/encoding';

export interface Signed {
  keyId: string;
  /** Milliseconds UTC. */
  created: number;
  digest: string;
  /** What was signed. */
  base: string;
  signature: Uint8Array<ArrayBuffer>;
}

const INPUT = /^([\w-]{1,40})=(\("content-digest"\)(?:;[a-z]{1,10}=(?:\d{1,12}|"[\w.-]{1,80}")){1,6})$/;

/** Null if the request is not signed as documented: exactly the digest of its body, when, and by which key. */
export function signatureOf(headers: Headers): Signed | null {
  const digest = headers.get('content-digest') ?? '';
  const [, label, params = ''] = INPUT.exec(headers.get('signature-input') ?? '') ?? [];
  const param = (name: string) =>
    new RegExp(`;${name}=(?:"([^"]*)"|(\\d+))`).exec(params)?.slice(1).find(Boolean);
  const [created, keyId] = [Number(param('created')), param('keyid')];
  const [, name, value = ''] =
    /^([\w-]{1,40})=:([\w+/=]{86,88}):$/.exec(headers.get('signature') ?? '') ?? [];
  const bytes = bytesOf(value);
  if (!label || name !== label || !keyId || !created || param('alg') !== 'ed25519' || bytes?.length !== 64)
    return null;
  const base = `"content-digest": ${digest}\n"@signature-params": ${params}`;
  return { keyId, created: created * 1_000, digest, base, signature: bytes };
}

/** @param key SPKI in base64, with or without the lines of PEM */
export async function isSignedBy(
  key: string,
  { digest, base, signature }: Signed,
  body: Uint8Array<ArrayBuffer>,
) {
  const own = new Uint8Array(await crypto.subtle.digest('SHA-256', body));
  const said = bytesOf(/^sha-256=:([\w+/=]{1,100}):$/.exec(digest)?.[1] ?? '');
  if (said?.length !== own.length || !own.every((byte, i) => byte === said[i])) return false;
  const spki = bytesOf(key.replace(/-----[A-Z ]+-----|\s/g, ''));
  if (!spki) return false;
  try {
    const imported = await crypto.subtle.importKey('spki', spki, { name: 'Ed25519' }, false, ['verify']);
    return await crypto.subtle.verify('Ed25519', imported, signature, new TextEncoder().encode(base));
  } catch {
    return false;
  }
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return new Uint8Array(decodeBase64(base64));
  } catch {
    return null;
  }
}
