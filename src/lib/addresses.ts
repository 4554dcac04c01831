/** E-mail addresses: as people type and paste them, and the one canonical form that is compared and unique. */

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
  const original = typed.trim().normalize('NFC');
  const at = original.lastIndexOf('@');
  const local = original.slice(0, at);
  const domain = asciiDomain(original.slice(at + 1));
  if (at < 1 || !domain || original.length > 254 || new TextEncoder().encode(local).length > 64) return null;
  if (!LOCAL.test(local) || !DOMAIN.test(domain)) return null;
  return { email: `${local.toLowerCase().normalize('NFC')}@${domain}`, original };
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

/**
 * What a person typed or pasted from a mail client: addresses between commas, semicolons, white space or line
 * breaks, also as `Name <a@b>` or `"Last, First" <a@b>`. Returns every piece as it was typed, in order.
 */
export function splitAddresses(text: string): string[] {
  const angled: string[] = [];
  // `"Last, First" <a@b>` and `Name Name <a@b>`: only what stands in angle brackets counts.
  const rest = text.replace(/(?:"(?:[^"\\]|\\.)*"|[^<>,;\n"]*)\s*<([^<>]*)>/g, (_all, address: string) => {
    angled.push(address.trim());
    return `,\u0000${angled.length - 1},`;
  });
  return rest
    .split(/[,;\s、，；]+/u)
    .filter(Boolean)
    .map((piece) => (piece.startsWith('\u0000') ? angled[Number(piece.slice(1))]! : piece))
    .filter(Boolean);
}
