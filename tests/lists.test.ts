// No list is cut silently (docs: architecture rule 15): a limit is one row more than a page, which paging.ts reads; or it
// stands below, with what makes up for it.
import { expect, it } from 'vitest';

const sources = import.meta.glob('/src/lib/server/**/*.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
}) as Record<string, string>;

const files = Object.entries(sources).filter(([path]) => !path.endsWith('.test.ts'));

const limit = /\.limit\(|\blimit \$\{|\blimit \d/;
/** One row by its id, or one more row than a page. */
const fine = /\.limit\(1\)|\blimit 1\b|\+ 1\b/;

/** Limits without a next page: file, part of the line, and why nothing is missed. */
const others: [path: RegExp, line: RegExp, why: string][] = [
  [
    /\/(cron|jobs|folded|purge|due)\.ts|\/mail\/(outbox|transport)\//,
    /./,
    'a piece of work: the next run does the rest',
  ],
  [
    /\/server\/(\w+|accounts\/reset)\.ts/,
    /limit 500\)|\.limit\((CHUNK|PIECE)\)/,
    'a piece of work: the next run does the rest',
  ],
  [
    /(rate-limit\/counter|verification\/challenge)\.ts/,
    /limit 500\)/,
    'a piece of work: the next run does the rest',
  ],
  [/invitations\/manage\.ts/, /\.limit\(limit\)/, 'a piece of work: the next run does the rest'],
  [/invitations\/send\.ts/, /MOST_AT_ONCE/, '“Resend all expired” stays until none is left'],
  [/changes\.ts/, /AT_ONCE/, 'the next question goes on where this answer ended'],
  [
    /files\/list\.ts/,
    /limit\((50|1_000)\)/,
    'a text has five files at most (fileLimits.count), a page 51 texts',
  ],
  [/search\/hits\.ts/, /limit 20\) f/, 'a text has five files at most (fileLimits.count)'],
  [/search\/hits\.ts/, /limit \$\{SPACES\}/, 'the page says how many spaces were searched'],
  [/search\/hits\.ts/, /\.limit\(limit\)/, 'one more than a page; what is left is read on'],
  [/space-templates\/index\.ts/, /MOST|templateThreads/, 'more are refused when they are made'],
  [/memberships\/order\.ts/, /COMPANIES/, '“and 3 other companies”'],
  [/mentions\/completion\.ts/, /OFFERED/, 'an offer: more letters offer others'],
  [/notifications\/portal\.ts/, /MOST_COUNTED/, '“99+”'],
  [/spaces\/portal\.ts/, /FACES/, '“+12”'],
  [/spaces\/portal\.ts/, /INVITED_COUNTED|limit \$\{UNREAD_COUNTED\}/, '“99+”'],
  [
    /spaces\/people\.ts/,
    /\.limit\(limit\)/,
    'its callers say one more than a page, or show how many there are',
  ],
  [/threads\/read\.ts/, /CONTEXT/, 'where a page begins'],
];

it('every limit of a query has a next page, or a reason to need none', () => {
  const silent = files.flatMap(([path, text]) =>
    text.split('\n').flatMap((line, i) => {
      if (!limit.test(line) || fine.test(line) || /^\s*(\/\/|\/?\*)/.test(line)) return [];
      const known = others.some(([file, words]) => file.test(path) && words.test(line));
      return known ? [] : [`${path}:${i + 1} ${line.trim()}`];
    }),
  );
  expect(silent).toEqual([]);
});

it('no list goes by OFFSET', () => {
  const offenders = files.filter(([, text]) => /\.offset\(|\boffset \$\{/i.test(text));
  expect(offenders.map(([path]) => path)).toEqual([]);
});
