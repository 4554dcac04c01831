/** E-mail addresses as people type and paste them, and their canonical form. */
import { afterUnspaced, domainEnd, hasTop, mixesAlphabets, unspaced } from './edges';
import { normalize } from './normalize';

export interface Address {
  /** NFC, lower-cased, the domain in IDNA's ASCII form. Unique; the login name. */
  email: string;
  /** As typed, without invisible characters and in normal width. Mail goes here. */
  original: string;
}

// Limits: RFC 5321 §4.5.3.1. RFC 5322's dot-atom with letters of any script (RFC 6531); no quoted local parts, which are easy to
// abuse.
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{1,59})$/;

/** Drops invisible characters, turns full-width characters into plain ones, and unifies white space and line ends. */
const plain = (text: string): string =>
  normalize(
    text
      .replace(/\p{Default_Ignorable_Code_Point}+/gu, '')
      .replace(/[\uFE50-\uFE6F\uFF01-\uFFEF]+/g, (wide) => normalize(wide, 'NFKC')),
    'NFC',
  )
    .replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n')
    .replace(/\p{Zs}/gu, ' ');

export function parseAddress(typed: string): Address | null {
  // Leaves room for invisible characters.
  if (typed.length > 2_000) return null;
  const original = plain(typed).trim();
  const at = original.lastIndexOf('@');
  const local = original.slice(0, at);
  if (at < 1 || original.length > 254 || new TextEncoder().encode(local).length > 64) return null;
  const domain = mailDomain(original.slice(at + 1));
  if (!domain || !LOCAL.test(local)) return null;
  return { email: `${normalize(local.toLowerCase(), 'NFC')}@${domain}`, original };
}

/** Null if it is not a domain (UTS 46, by the URL parser). */
export function asciiDomain(domain: string): string | null {
  if (!domain || domain.length > 1_000 || !/^[^\s/\\?#@:[\]%]+$/.test(domain)) return null;
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return null;
  }
}

/** As people may write it: with the domain in ASCII (`xn--bcher-kva.example`) and in letters (`bücher.example`). */
export function writingsOf(email: string): string[] {
  const at = email.lastIndexOf('@') + 1;
  const domain = email.slice(at).split('.').map(inLetters).join('.');
  return [...new Set([email, email.slice(0, at) + domain])];
}

/** Decodes a Punycode label (RFC 3492 §6.2). Other labels stay as they are. */
function inLetters(label: string): string {
  if (!label.startsWith('xn--') || label.length > 63) return label;
  const code = label.slice(4);
  const plainEnd = Math.max(0, code.lastIndexOf('-'));
  const letters = [...code.slice(0, plainEnd)];
  let [point, at, bias] = [128, 0, 72];
  for (let i = plainEnd && plainEnd + 1; i < code.length;) {
    const before = at;
    for (let [weight, k] = [1, 36]; ; k += 36) {
      const digit = '0123456789'.includes(code[i] ?? '')
        ? Number(code[i]) + 26
        : (code.charCodeAt(i) || 0) - 97;
      if (!(digit >= 0 && digit < 36)) return label;
      i++;
      at += digit * weight;
      const threshold = Math.min(26, Math.max(1, k - bias));
      if (digit < threshold) break;
      weight *= 36 - threshold;
    }
    const length = letters.length + 1;
    let delta = Math.floor((at - before) / (before === 0 ? 700 : 2));
    delta += Math.floor(delta / length);
    let k = 0;
    for (; delta > 455; k += 36) delta = Math.floor(delta / 35);
    bias = k + Math.floor((36 * delta) / (delta + 38));
    point += Math.floor(at / length);
    if (point > 0x10ffff) return label;
    at %= length;
    letters.splice(at++, 0, String.fromCodePoint(point));
  }
  return letters.join('');
}

function mailDomain(typed: string): string | null {
  // The URL parser also accepts symbols and emoji.
  const domain = domainEnd(typed) === typed.length && hasTop(typed) ? asciiDomain(typed) : null;
  return domain && domain.length <= 253 && DOMAIN.test(domain) ? domain : null;
}

/** An entry of a list of domains. `*.partner.example` is every subdomain, but not partner.example itself. */
export function domainRule(typed: string): string | null {
  if (typed.length > 1_000) return null;
  const [, below, name] = /^@?(\*?\.)?(.*?)$/s.exec(plain(typed).trim())!;
  // The trailing dot of a fully qualified name, which may be an ideographic full stop.
  const domain = mailDomain(name!.replace(/[.。]$/u, ''));
  return domain && (below ? `*.${domain}` : domain);
}

/** `domainFits` in server/settings/domains.ts is the same rule in SQL. */
export function fitsDomains(rules: string[], email: string): boolean {
  const domain = email.slice(email.lastIndexOf('@') + 1);
  return rules.some((stored) => {
    // Older versions stored a trailing dot.
    const rule = withoutDots(stored.toLowerCase());
    return rule.startsWith('*.') ? domain.endsWith(rule.slice(1)) : domain === rule;
  });
}

function withoutDots(text: string): string {
  let end = text.length;
  while (text[end - 1] === '.') end--;
  return text.slice(0, end);
}

/** An address, or null for something that was evidently meant to be one. */
export interface Listed {
  typed: string;
  address: Address | null;
}

export interface AddressList {
  listed: Listed[];
  /** Entries that contain nothing like an address: headings, stray names. */
  leftOut: string[];
}

/** Takes lists as mail clients copy them (RFC 5322; Outlook's `Last, First <a@b>;`), spreadsheet cells and CSV. Linear. */
export function readAddresses(text: string): AddressList {
  const list = new Collected();
  const pasted = plain(text);
  if (!readTable(pasted, list)) readLines(pasted, list);
  const leftOut = list.leftOut.filter((typed) => !isMeant(typed));
  for (const typed of list.leftOut) if (isMeant(typed)) list.add(typed, null);
  return { listed: [...list.listed.values()], leftOut };
}

/** Without an @: `lena(at)studio.example`, `lena.studio.example`. */
const isMeant = (typed: string): boolean =>
  /[([{] ?at ?[)\]}]/iu.test(typed) || /[\p{L}\p{N}]\.\p{L}{2,63}(?![\p{L}\p{N}.])/u.test(typed);

class Collected {
  readonly listed = new Map<string, Listed>();
  leftOut: string[] = [];
  add(typed: string, address: Address | null) {
    const key = address?.email ?? typed;
    if (!this.listed.has(key)) this.listed.set(key, { typed, address });
  }
}

/** A table has several rows of equal length, and a column with an @ in most rows. */
function readTable(text: string, list: Collected): boolean {
  for (const separator of ['\t', ';', ',']) {
    const rows = text.includes(separator) && cellsOf(text, separator);
    if (!rows || rows.length < 2 || rows[0]!.length < 2) continue;
    const heading = rows[0]!.some((cell) => cell.includes('@')) ? null : rows[0]!;
    const body = heading ? rows.slice(1) : rows;
    const columns = rows[0]!.map((_cell, c) => c);
    const filled = columns.map((c) => body.filter((row) => row[c]!.includes('@')).length);
    if (!filled.some((count) => count > 0 && count * 2 >= body.length)) continue;
    const read = body.map((row) => row.map((cell) => (cell.includes('@') ? readCell(cell) : [])));
    const named = columns.filter((c) => heading && /mail|メール|アドレス|邮/iu.test(heading[c]!));
    // A name may contain an @, so only address columns can be malformed.
    const forAddresses = columns.map(
      (c) =>
        read.some((row) => row[c]!.some(({ address }) => address)) ||
        (named.length > 0 ? named.includes(c) : filled[c]! * 2 > body.length),
    );
    read.forEach((row, r) => {
      const kept = row.flatMap((cell, c) => cell.filter(({ address }) => address || forAddresses[c]));
      for (const { typed, address } of kept) list.add(typed, address);
      if (kept.length === 0) list.leftOut.push(body[r]!.filter(Boolean).join(' '));
    });
    return true;
  }
  return false;
}

/** Null if it is not a table: rows differ in length, or a quote never ends. */
function cellsOf(text: string, separator: string): string[][] | null {
  const rows: string[][] = [];
  const width = () => rows[0]?.length;
  let row: string[] = [];
  let at = 0;
  while (at <= text.length) {
    let cell: string;
    if (text[at] === '"') {
      let end = at + 1;
      while (end < text.length && (text[end] !== '"' || text[end + 1] === '"'))
        end += text[end] === '"' ? 2 : 1;
      if (end >= text.length) return null;
      cell = text.slice(at + 1, end).replaceAll('""', '"');
      at = end + 1;
      while (text[at] === ' ') at++;
      if (at < text.length && text[at] !== separator && text[at] !== '\n') return null;
    } else {
      const start = at;
      while (at < text.length && text[at] !== separator && text[at] !== '\n') at++;
      cell = text.slice(start, at);
    }
    row.push(cell.trim());
    if (text[at++] === separator) continue;
    if (row.some(Boolean)) {
      if (width() !== undefined && row.length !== width()) return null;
      rows.push(row);
    }
    row = [];
  }
  return rows;
}

function readCell(cell: string): Listed[] {
  const inner = new Collected();
  readLines(cell, inner);
  return [...inner.listed.values()];
}

const SEPARATORS = new Set([',', ';', '\n', '、', '،', '؛']);
const BETWEEN = new Set([' ', '\t', '"', '<', '>', '(', ')', '[', ']', ':']);
const QUOTES: Record<string, string> = { '"': '"', '“': '”', '„': '“', '«': '»' };

interface Entry {
  typed: string;
  end: string;
  words: string[];
  brackets: string[];
  /** Words in quotes and comments. They count only if the entry has no other address. */
  asides: string[];
}

function readLines(text: string, list: Collected): void {
  /** Entries that may be the first half of a name: `Doe, Jane <a@b>`. */
  let names: string[] = [];
  for (const entry of entriesOf(text)) {
    const words = addressesIn(entry.words);
    let found = entry.brackets.length
      ? addressesIn(entry.brackets, true).concat(words.filter((one) => one.address))
      : words;
    if (!found.some((one) => one.address))
      found = found.concat(addressesIn(entry.asides).filter(({ typed }) => typed !== '@'));
    // "Ann @ Acme" next to an address is a name.
    const valid = found.some(({ address }) => address);
    const kept = found.filter(({ typed }) => !(valid && typed === '@'));
    const bare = entry.typed.replace(/["<>\s]+/g, '');
    for (const { typed, address } of kept)
      list.add(address || kept.length > 1 || bare === typed ? typed : entry.typed, address);
    if (kept.length > 0 && bare !== kept[0]!.typed) names = [];
    if (kept.length === 0 && /[\p{L}\p{N}]/u.test(entry.typed)) names.push(entry.typed);
    if (kept.length === 0 && entry.end === ',') continue;
    for (const name of names) list.leftOut.push(name);
    names = [];
  }
}

/** Whatever is in `<…>` is taken as it is. */
const addressesIn = (words: string[], bracketed = false): Listed[] =>
  words.flatMap((word) => (word.includes('@') ? readWord(word, bracketed) : []));

/** Without what touches them (`担当taro@g.exampleさん`). Refuses ambiguous words: a wrong address would get mail. */
function readWord(word: string, bracketed: boolean): Listed[] {
  const { text, disarmed } = trim(word);
  const found: Listed[] = [];
  let start = 0;
  for (let at = text.indexOf('@'); at >= 0;) {
    const next = text.indexOf('@', at + 1);
    const stop = next < 0 ? text.length : next;
    const end = at + 1 + domainEnd(text.slice(at + 1, stop));
    const behind = text.slice(end, stop);
    // Without a separator, the boundary between two addresses is ambiguous.
    if (next < 0 || endsBefore(behind, true)) {
      const before = text.slice(start, at);
      const local = start === 0 ? localPart(before, { bracketed, disarmed }) : localBehind(before);
      const typed = `${local}@${text.slice(at + 1, end)}`;
      const address = local !== null && endsBefore(behind, next >= 0) ? parseAddress(typed) : null;
      found.push({ typed: address ? typed : text.slice(start, next < 0 ? stop : end), address });
      start = end;
    }
    at = next;
  }
  return found.some(({ address }) => address) ? found : [{ typed: text, address: null }];
}

/** Whether a domain may end before this text. `between` two addresses, the text also contains the next local part. */
function endsBefore(behind: string, between: boolean): boolean {
  if (behind === '') return !between;
  if (!/^(?:[|/=&{}!?*'\\]|\P{ASCII})/u.test(behind)) return false;
  // The domain would go on: `ann@partner_site.example`, `ann@mail.a例え.jp`.
  return between
    ? !LETTER.test(behind) || !afterUnspaced(behind).startsWith('.')
    : !/\.[\p{L}\p{N}]|。[a-z]/iu.test(behind);
}

const LETTER = new RegExp(`^${unspaced.source}`, 'u');
const LATIN = /\p{Script=Latin}/u;
/** Allowed in addresses, but real ones never contain them. */
const APART = /[|{}•\p{Ps}\p{Pe}\p{So}]|(?!‘)\p{Pi}|(?![+=~])\p{Sm}/u;
const LEADING = /^[^\p{L}\p{M}\p{N}_+.]+/u;
/** May be part of an address, or separate it from a name. */
const DOUBTFUL = /[#$%&*/=?^`!~]|(?![\p{L}\p{M}\p{N}])\P{ASCII}/u;
const ESCAPED = /%[\da-f]{2}|=(?:3D|20)/iu;
const FIELD = /^(?:e-?mail|mail|to|cc|bcc|from|address|user)$/iu;

function localPart(
  before: string,
  { bracketed = false, disarmed = false }: { bracketed?: boolean; disarmed?: boolean } = {},
): string | null {
  let local = lastOf(before.split(APART));
  if (bracketed || disarmed) return local;
  if (unspaced.test(local)) {
    const rest = afterUnspaced(local);
    if (LATIN.test(rest)) local = rest;
    else if (LATIN.test(local) || rest !== '') return null;
  }
  if (ESCAPED.test(local) || mixesAlphabets(local)) return null;
  const begins = local.replace(LEADING, '');
  // `田中_taro@…`
  if (local !== before && /^[_+]/.test(begins)) return null;
  return withoutName(begins);
}

/** `a=b@…` and `a/b@…` are addresses. After a capitalised name, only a repeated name makes the sign a separator (`Ann=ann@…`). */
function withoutName(local: string): string | null {
  const pieces = local.split(DOUBTFUL);
  if (pieces.length === 1) return local;
  const rest = lastOf(pieces);
  const sign = local[local.length - rest.length - 1];
  const name = pieces.at(-2)!;
  if (sign === '=' && FIELD.test(name)) return rest;
  const capital = /^\p{Lu}.*\p{Ll}/u.test(pieces[0]!);
  if (sign !== '&' && pieces.length === 2 && name.length > 1) {
    const [said, again] = [name.toLowerCase(), rest.toLowerCase()];
    if (
      said === again ||
      (capital && again.startsWith(said) && !/^[\p{L}\p{M}\p{N}]/u.test(again.slice(said.length)))
    )
      return rest;
  }
  return capital ? null : local;
}

/** The local part of the next address in a word. */
function localBehind(between: string): string | null {
  // In `a@x.exampleと田中@例え.jp`, nobody can tell where the name begins.
  if (LETTER.test(between) && !LATIN.test(afterUnspaced(between))) return null;
  const local = localPart(between.replace(LEADING, ''));
  return local !== null && DOUBTFUL.test(local) ? null : local;
}

const lastOf = (pieces: string[]): string => pieces.at(-1)!;

const OPENING = /[^\p{L}\p{M}\p{N}\p{Cs}!#$%&'*+/=?^_`{|}~.@-]/u;
const CLOSING = /[^\p{L}\p{M}\p{N}\p{Cs}@-]/u;

/** `disarmed`: an apostrophe protected a character that spreadsheets would run as a formula. */
function trim(word: string): { text: string; disarmed: boolean } {
  let [start, end] = [0, word.length];
  while (start < end && OPENING.test(word[start]!)) start++;
  while (start < end && CLOSING.test(word[end - 1]!)) {
    const [first, last] = [word[start]!, word[--end]!];
    if ("'*_`|~/".includes(first) && first === last) start++;
    if (first === '{' && last === '}') start++;
  }
  // Our own CSV writes that apostrophe.
  const disarmed = word[start] === "'" && /[=+\-@]/.test(word[start + 1] ?? '');
  if (disarmed) start++;
  const text = word.slice(start, end).replace(/\?(?:subject|cc|bcc|body|to)=.*$/is, '');
  return { text, disarmed };
}

function* entriesOf(text: string): Generator<Entry> {
  const fresh = (): Entry => ({ typed: '', end: '\n', words: [], brackets: [], asides: [] });
  let entry = fresh();
  let start = 0;
  let at = 0;
  /** By sign: up to here, it is known not to end on its line. Keeps the search linear. */
  const endless: Record<string, number> = {};
  const finish = (end: string) => {
    const done = { ...entry, typed: text.slice(start, at).trim(), end };
    entry = fresh();
    start = at + 1;
    return done;
  };
  while (at < text.length) {
    const sign = text[at]!;
    const aside = QUOTES[sign] ? opensAt(text, at, start) : sign === '(';
    if (sign === '\n' && /^[ \t]{0,20}</.test(text.slice(at + 1, at + 22))) at++;
    else if (SEPARATORS.has(sign)) {
      yield finish(sign === '、' || sign === '،' ? ',' : sign);
      at++;
    } else if (aside && at >= (endless[sign] ?? 0)) {
      const close = sign === '(' ? commentEnd(text, at) : quoteEnd(text, at, QUOTES[sign]!);
      if (close < 0) endless[sign] = lineEnd(text, at);
      else for (const word of wordsWithin(text.slice(at + 1, close))) entry.asides.push(word);
      at = close < 0 ? at + 1 : close + 1;
    } else if (sign === '<') {
      let close = at + 1;
      while (close < text.length && !'<>\n'.includes(text[close]!)) close++;
      if (text[close] === '>')
        for (const word of wordsWithin(withoutRoute(text.slice(at + 1, close)), true))
          entry.brackets.push(word);
      at = text[close] === '>' ? close + 1 : at + 1;
    } else if (BETWEEN.has(sign)) at++;
    else {
      const url = /^[a-z][a-z0-9+.-]{0,20}:\/\//i.test(text.slice(at, at + 30));
      const from = at;
      while (
        at < text.length &&
        (url ? !/[\s<>"]/.test(text[at]!) : !SEPARATORS.has(text[at]!) && !BETWEEN.has(text[at]!))
      )
        at++;
      if (!url)
        entry.words.push(unescaped(text.slice(from, at), /mailto:$/i.test(text.slice(from - 7, from))));
    }
  }
  yield finish('\n');
}

/** Removes the source route of RFC 822 (RFC 5321, appendix C): `@a.example,@b.example:jane@c.example`. */
const withoutRoute = (brackets: string): string => brackets.replace(/^\s*@[^:]*:(?=[^@]+@)/, '');

const wordsWithin = (text: string, brackets = false): string[] =>
  text
    .split(brackets ? /[\s,;:"]/u : /[\s,;:、"<>()[\]]/u)
    .filter((word) => word.includes('@') && !word.startsWith('//'))
    .map((word) => unescaped(word, /mailto:/i.test(text)));

function unescaped(word: string, mailto: boolean): string {
  if (!mailto || !word.includes('%')) return word;
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}

/** A quote opens a name only where a word can begin: `24"` means inches. */
const opensAt = (text: string, at: number, start: number): boolean =>
  at === start || /[\s,;:<>()、،؛"]/u.test(text[at - 1]!);

/** A quote ends on its own line, and not at `\"` or `""`. */
function quoteEnd(text: string, from: number, quote: string): number {
  for (let at = from + 1; at < text.length && text[at] !== '\n'; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote) {
      if (quote !== '"' || text[at + 1] !== '"') return at;
      at++;
    }
  }
  return -1;
}

function commentEnd(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length && text[at] !== '\n'; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return at;
  }
  return -1;
}

const lineEnd = (text: string, from: number): number => {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
};

/** `a…@partner.example`: enough for its owner to recognise it. */
export function maskAddress(address: string): string {
  const at = Math.max(address.lastIndexOf('@'), address.lastIndexOf('＠'));
  return at < 0 ? '…' : `${[...address][0]}…${address.slice(at)}`;
}
