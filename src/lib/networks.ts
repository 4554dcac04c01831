/** Ranges of IP addresses, as administrators type them: 203.0.113.7, 192.0.2.0/24, 2001:db8::/32. */

/** IPv4 has 4 bytes, also as ::ffff:192.0.2.7; IPv6 has 16. */
type Bytes = readonly number[];

const V4 = /^(?:\d|[1-9]\d{1,2})(?:\.(?:\d|[1-9]\d{1,2})){3}$/;
const LONGEST = 45;

function v4(text: string): Bytes | null {
  if (!V4.test(text)) return null;
  const bytes = text.split('.').map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : null;
}

/** @param last of the address: its last two may be written as IPv4 */
function groups(text: string, last: boolean): Bytes | null {
  if (text === '') return [];
  const parts = text.split(':');
  const bytes = parts.map((part, i) => {
    if (/^[\da-f]{1,4}$/i.test(part)) return [parseInt(part, 16) >> 8, parseInt(part, 16) & 255];
    return last && i === parts.length - 1 ? v4(part) : null;
  });
  return bytes.includes(null) ? null : (bytes as Bytes[]).flat();
}

function v6(text: string): Bytes | null {
  const halves = text.split('::').map((half, i, { length }) => groups(half, i === length - 1));
  const [head, tail] = halves;
  if (halves.length > 2 || !head || tail === null) return null;
  if (!tail) return head.length === 16 ? head : null;
  const gap = 16 - head.length - tail.length;
  return gap >= 2 ? [...head, ...Array<number>(gap).fill(0), ...tail] : null;
}

function parse(text: string): Bytes | null {
  if (text.length > LONGEST) return null;
  const bytes = text.includes(':') ? v6(text) : v4(text);
  const mapped = bytes?.length === 16 && bytes.slice(0, 12).every((byte, i) => byte === (i < 10 ? 0 : 255));
  return mapped ? bytes.slice(12) : bytes;
}

interface Network {
  bytes: Bytes;
  prefix: number;
}

function read(text: string): Network | null {
  const [, address = '', length] = /^([^/]{1,45})(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const bytes = parse(address);
  if (!bytes) return null;
  const bits = bytes.length * 8;
  // Of ::ffff:192.0.2.0/120, the last 32 bits are those of IPv4.
  const mapped = bytes.length === 4 && address.includes(':');
  const prefix = length === undefined ? bits : Number(length) - (mapped ? 96 : 0);
  return prefix >= 0 && prefix <= bits ? { bytes, prefix } : null;
}

const masked = (bytes: Bytes, prefix: number): Bytes =>
  bytes.map((byte, i) => byte & (0xff << Math.max(0, 8 - Math.max(0, prefix - i * 8))) & 0xff);

function write(bytes: Bytes): string {
  if (bytes.length === 4) return bytes.join('.');
  const hex = Array.from({ length: 8 }, (_, i) => ((bytes[i * 2]! << 8) | bytes[i * 2 + 1]!).toString(16));
  // Shortened as RFC 5952 wants it.
  return new URL(`http://[${hex.join(':')}]`).hostname.slice(1, -1);
}

/** In its one form: without what the range leaves open. Null: it is neither an address nor a range. */
export function readNetwork(typed: string): string | null {
  const network = read(typed);
  if (!network) return null;
  const { bytes, prefix } = network;
  const address = write(masked(bytes, prefix));
  return prefix === bytes.length * 8 ? address : `${address}/${prefix}`;
}

/** @param network of `readNetwork` */
export function contains(network: string, ip: string): boolean {
  const [range, address] = [read(network), parse(ip)];
  if (!range || !address || range.bytes.length !== address.length) return false;
  const [a, b] = [masked(range.bytes, range.prefix), masked(address, range.prefix)];
  return a.every((byte, i) => byte === b[i]);
}

/** Enough of an address to recognise it, and not all of it. Empty if it is unknown. */
export function approximate(ip: string): string {
  const bytes = parse(ip);
  if (!bytes) return '';
  if (bytes.length === 4) return `${bytes.slice(0, 3).join('.')}.*`;
  return `${write(masked(bytes, 48)).replace(/::$/, '')}:*`;
}
