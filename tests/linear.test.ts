/**
 * One input must not stop the site: readers of outside text take linear time. Each gets up to a megabyte of the worst strings we
 * know. A new reader is a new row.
 */
import * as v from 'valibot';
import { expect, test } from 'vitest';
import * as addresses from '../src/lib/addresses';
import { fold, foldWithMap } from '../src/lib/fold';
import * as links from '../src/lib/links';
import { approximate, contains, readNetwork } from '../src/lib/networks';
import { normalize } from '../src/lib/normalize';
import * as schemas from '../src/lib/schemas';
import { today } from '../src/lib/zones';
import * as texts from '../src/lib/text';
import { tidyToken } from '../src/lib/tokens';
import { readUsers } from '../src/lib/user-list';
import * as blobs from '../src/lib/server/blobs';
import * as csv from '../src/lib/server/csv';
import { linesOf as guestLists } from '../src/lib/server/guests/import/lines';
import * as userText from '../src/lib/server/mail/user-text';
import * as markdown from '../src/lib/server/markdown';
import * as named from '../src/lib/server/mentions/grammar';
import { ownWords } from '../src/lib/server/notifications/words';
import { placesOf, says } from '../src/lib/server/search/matches';
import { termsOf } from '../src/lib/server/search/terms';
import { indexed } from '../src/lib/server/search/tokens';
import { clientIpGroup } from '../src/lib/server/rate-limit';
import { networksOf } from '../src/lib/server/networks';
import { domainsOf } from '../src/lib/server/settings';

const people: named.Nameable[] = ['Ann Lee', 'Jean-Luc O’Neill', '佐藤', 'Aa'].map((name, i) => ({
  id: String(i),
  name,
  email: `p${i}@partner.example`,
  guest: i > 1,
}));

/** Search terms of each kind, which match nearly every text below. */
const sought = termsOf('a "a a x" 0 C++ a@a 語 ก 😀 "😀 😀 x" "語 語 x" http "& & x"').terms;

/** Everything that reads text from outside. Their results and refusals do not matter here. */
const readers: Record<string, (text: string) => unknown> = {
  'normalize: NFC': (text) => normalize(text, 'NFC'),
  'normalize: NFKD': (text) => normalize(text, 'NFKD'),
  'fold: to compare': fold,
  'fold: to show where': foldWithMap,
  'a name': texts.oneLine,
  'a text': texts.manyLines,
  'an address': addresses.parseAddress,
  'a domain': addresses.asciiDomain,
  'a rule of domains': addresses.domainRule,
  'a list of addresses': addresses.readAddresses,
  'a list of users': readUsers,
  'a list of domains': domainsOf,
  'an address of origin': clientIpGroup,
  'an address of origin, in part': approximate,
  'an address of origin, in a range': (text) => contains('2001:db8::/32', text),
  'a range of addresses': readNetwork,
  'a list of ranges': (text) => networksOf(text, 'guestNetworks'),
  'a file name': blobs.safeName,
  'a table': csv.read,
  'a list of people to invite': (text) => guestLists(text, ''),
  'a cell of a spreadsheet': (text) => csv.row([text]),
  'the beginning of a file': (text) => blobs.detectType(new TextEncoder().encode(text)),
  'a related link': links.read,
  'a web address': links.isWebAddress,
  'a token in an address': (text) => tidyToken(text, 'signup'),
  'Markdown: as HTML': (text) => markdown.render(text),
  'Markdown: as words': markdown.words,
  'Markdown: an excerpt': (text) => markdown.excerpt(text),
  'mentions: who is named': (text) => named.find(text, people),

  'mail: several lines': userText.manyLines,
  'a quotation': ownWords,
  'search: what is typed': termsOf,
  'search: what stands in the index': indexed,
  'search: what is marked': (text) => placesOf(text, sought),
  'search: whether a text says it': (text) => says(text, sought),
  'a path to go to': schemas.ownPath,
  'a time zone': today,
};

// Every kind of form field; fields with the same parts share a row.
const shape = (schema: object): string =>
  JSON.stringify(schema, (key, value) =>
    key === 'message' || key === 'requirement' ? String(value) : value,
  );
const shapes = new Set<string>();
for (const [form, schema] of Object.entries(schemas))
  if (typeof schema === 'object' && 'entries' in schema)
    for (const [field, entry] of Object.entries<v.GenericSchema>(schema.entries)) {
      if (shapes.has(shape(entry))) continue;
      shapes.add(shape(entry));
      readers[`form ${form}: ${field}`] = (text) =>
        v.safeParse(entry, entry.type === 'array' ? [text] : text);
    }

const repeat = (unit: string) => (length: number) => unit.repeat(length / unit.length);
const between = (before: string, unit: string, after: string) => (length: number) =>
  before + repeat(unit)(length - before.length - after.length) + after;

/** Strings that are known to slow down some parser. */
const worst: Record<string, (length: number) => string> = {
  ...Object.fromEntries(
    // Many beginnings of something that never comes.
    [...'a0.-_ \n\t\\/|<>"\'`*~[](){}@＠:;,#!?&%=+^$Σİ\u00a0\u3000\u200b\u202e\ufffd語ก😀'].map((c) => [
      JSON.stringify(c),
      repeat(c),
    ]),
  ),
  'dots between letters': between('a', '.', 'a'),
  'blanks between letters': between('a', ' ', 'a'),
  'blanks, then something': between('', ' ', 'x'),
  'letters, then something': between('', 'a', '!'),
  'digits, then a letter': between('', '0', 'x'),
  'marks to be sorted': (length) => `a${'\u0301'.repeat(length / 2)}${'\u0316'.repeat(length / 2)}`,
  'marks in turn': repeat('\u0301\u0316'),
  'half-width marks in turn': repeat('\uff9e\u093c'),
  'half a surrogate': repeat('\ud83d'),
  'short words': repeat('a '),
  'short lines': repeat('a\n'),
  'empty lines': repeat('\r\n'),
  'addresses of nobody': repeat('a@'),
  'addresses beside other scripts': repeat('ann@partner.exampleと'),
  'addresses behind names': repeat('Ann=ann@partner.example&'),
  'scripts in turn': repeat('a.aを'),
  'an endless domain': between('a@', 'a.', 'example'),
  addresses: repeat('ann@partner.example, '),
  'names and addresses': repeat('"Lee, Ann" <ann@partner.example>; '),
  'quotes that do not end': repeat('"\\'),
  'links that do not end': repeat('[a]('),
  'pictures that do not end': repeat('![a]('),
  'links in links': repeat('[a](b '),
  references: repeat('[a]: b\n[a]'),
  'quotations in quotations': repeat('> '),
  'lists in lists': repeat('- '),
  'deeper and deeper': repeat('* a\n  '),
  emphasis: repeat('*a _b '),
  'emphasis, nested': repeat('**a*'),
  'code that does not end': (length) =>
    Array.from({ length: Math.sqrt(length) }, (_, i) => '`'.repeat(i)).join(' '),
  autolinks: repeat('http://a.example/('),
  'schemes only': repeat('http://'),
  'bare domains': repeat('www.a.'),
  entities: repeat('&amp'),
  comments: repeat('<!--'),
  tags: repeat('<a href="'),
  'a wide table': (length) => `${'|a'.repeat(length / 4)}|\n${'|-'.repeat(length / 4)}|`,
  'a long table': (length) => `|a|b|\n|-|-|\n${'|c|\n'.repeat(length / 4)}`,
  mentions: repeat('@Ann Lee '),
  'mentions in links': repeat('[@A](/x "("'),
  'titles without a name': repeat('@Dr. '),
  'nearly mentions': repeat('@Ann Le'),
  'mentions in Japanese': repeat('@佐藤さん'),
  'percent signs': repeat('%F0%9F'),
  JSON: repeat('[{"a":'),
};

const MEGABYTE = 2 ** 20;
/** Milliseconds that a busy machine or garbage collection may add. */
const NOTHING = 500;
/** How many times as long four times the text may take; quadratic time would be 16. */
const GROWTH = 9;
/** If only this share grows with the square, four times the text takes at most `GROWTH` times as long. */
const PROPORTION = 5.5;

async function timeOf(run: () => unknown): Promise<number> {
  // A Worker's clock stands still while it computes, and advances when it waits.
  await scheduler.wait(0);
  const begun = performance.now();
  try {
    await run();
  } catch {
    // Refused.
  }
  await scheduler.wait(0);
  return performance.now() - begun;
}

/** What is wrong with a reader, or null. Slow results are measured again, because the machine may be busy. */
async function outgrows(
  read: (text: string) => unknown,
  make: (length: number) => string,
): Promise<string | null> {
  const time = (length: number) => {
    const text = make(length);
    return timeOf(() => read(text));
  };
  const passes = (length: number, took: number) => took * (MEGABYTE / length) ** 2 < NOTHING;

  let before = await time(MEGABYTE / 16);
  if (!passes(MEGABYTE / 16, before)) before = Math.min(before, await time(MEGABYTE / 16));
  if (passes(MEGABYTE / 16, before)) return null;
  for (const length of [MEGABYTE / 4, MEGABYTE]) {
    const isWrong = (took: number) =>
      took > NOTHING && (took > Math.max(before, NOTHING / GROWTH) * GROWTH || took > 60 * NOTHING);
    let now = await time(length);
    for (let again = 0; again < 4 && isWrong(now); again++) {
      // The machine may have become busier in between: both again, one right after the other.
      before = await time(length / 4);
      now = await time(length);
    }
    if (isWrong(now))
      return `${length} characters take ${Math.round(now)} ms, fewer ${Math.round(before)} ms`;
    if (passes(length, now) || (now < before * PROPORTION && now < 10 * NOTHING)) return null;
    before = now;
  }
  return null;
}

test.each(Object.entries(worst))(
  '%s: four times the text takes about four times as long',
  async (_, make) => {
    const kept = new Map<number, string>();
    const once = (length: number) => kept.get(length) ?? kept.set(length, make(length)).get(length)!;
    const found: string[] = [];
    for (const [reader, read] of Object.entries(readers)) {
      const wrong = await outgrows(read, once);
      if (wrong) found.push(`${reader}: ${wrong}`);
    }
    expect(found).toEqual([]);
  },
  120_000,
);

test('the clock tells what takes long', async () => {
  const quadratic = ({ length }: string) => {
    let steps = 0;
    for (let i = 0; i < length; i += 8) for (let j = 0; j < length; j += 8) steps += i ^ j;
    return steps;
  };
  expect(await outgrows(quadratic, repeat('a'))).not.toBeNull();
}, 120_000);
