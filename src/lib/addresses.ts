/** E-mail addresses: as people type and paste them, and the one canonical form that is compared and unique. */
import { normalize } from './normalize';

export interface Address {
  /** Canonical: NFC, lower-cased, domain in IDNA's ASCII form. The login name. */
  email: string;
  /** As it was typed, without surrounding white space. Mail goes here. */
  original: string;
}

// RFC 5321 §4.5.3.1: 64 octets of local part, 254 characters in all. Local parts: RFC 5322's dot-atom, with letters
// and digits of any script (RFC 6531). Quoted local parts are refused: nobody has one, and they invite trouble.
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{1,59})$/;

/** One address in both forms, or null when it is malformed. */
export function parseAddress(typed: string): Address | null {
  const original = normalize(typed.trim(), 'NFC');
  const at = original.lastIndexOf('@');
  const local = original.slice(0, at);
  // First what costs nothing: a pasted megabyte has half a million words that are none.
  if (at < 1 || original.length > 254) return null;
  const domain = asciiDomain(original.slice(at + 1));
  if (!domain || new TextEncoder().encode(local).length > 64) return null;
  if (!LOCAL.test(local) || !DOMAIN.test(domain)) return null;
  return { email: `${normalize(local.toLowerCase(), 'NFC')}@${domain}`, original };
}

/** The domain as the DNS knows it (UTS 46, by the URL parser), or null. */
export function asciiDomain(domain: string): string | null {
  if (!domain || !/^[^\s/\\?#@:[\]%]+$/.test(domain)) return null;
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return null;
  }
}

/** A quoted name, an address in angle brackets, what separates, a word. Linear: nothing in it can be read two ways. */
const TOKEN = /"(?:[^"\\\n]|\\.){0,200}"|<[^<>]*>|[,;\n、，；]|[^\s,;"<>、，；]+|["<>]/gu;

/**
 * What a person typed or pasted from a mail client: addresses between commas, semicolons, white space or line
 * breaks, also as `Name <a@b>` or `"Last, First" <a@b>`. Returns every piece as it was typed, in order.
 */
export function splitAddresses(text: string): string[] {
  const pieces: string[] = [];
  let words: string[] = [];
  for (const [token] of text.matchAll(TOKEN)) {
    if (/^<.*>$/su.test(token)) {
      // What stands before the brackets is a name, but for an address that only a space parts from it.
      pieces.push(...words.filter(parseAddress), token.slice(1, -1).trim());
      words = [];
    } else if (/^[,;\n、，；]$/u.test(token)) {
      pieces.push(...words);
      words = [];
    } else words.push(token);
  }
  return [...pieces, ...words].filter(Boolean);
}
