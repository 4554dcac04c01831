// The same pages in sites of several sizes, and what cron does in the largest.
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../lib/project.mjs';
import { placeOf, signedIn, temporary } from './people.mjs';
import { Visitor } from './visitor.mjs';
import { foyer, foyerBundle } from './workers.mjs';

/** Comments of a site. */
export const SIZES = [1_000, 10_000, 100_000, 1_000_000];
const TIMES = 30;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const quiet = (line) => console.error(`${new Date().toISOString().slice(11, 19)} ${line}`);

/**
 * A tenth of the comments are in one thread; the first space has up to 3,000 guests. The smallest site fills the pages and reaches
 * what they count to (a hundred unread threads of a space): it grows beyond a page, not up to one.
 */
const site = (comments) => ({
  comments,
  commentsInFirst: Math.max(200, comments / 10),
  spaces: Math.max(50, comments / 1_000),
  threads: 120,
  threadsInFirst: Math.min(1_000, Math.max(120, comments / 100)),
  guests: comments / 10,
  guestsInFirst: Math.min(3_000, comments / 20),
});
const years = (comments) => ({
  invitations: Math.max(110 * Math.max(50, comments / 1_000), comments / 10),
  invitationsInFirst: Math.min(3_000, Math.max(110, comments / 20)),
  recent: Math.max(400, comments / 10),
});

/** @returns {Promise<{ sizes: object[], acts: object[], cron: object[] }>} */
export async function benchScale(sizes) {
  const folder = temporary();
  if (await build({ output: 'ignore' })) throw new Error('the build failed');
  const worker = await foyerBundle(folder);
  const measured = { sizes: [], acts: [], cron: [] };
  for (const comments of sizes) {
    const own = join(folder, String(comments));
    const served = await foyer(own, { worker });
    const { where, seconds } = await filled(served, comments);
    const bytes = largestFile(own);
    quiet(`${comments} comments: filled in ${seconds.toFixed(0)} s, ${(bytes / 1e6).toFixed(0)} MB`);
    const pages = [];
    for (const [name, visitor, path] of await pagesOf(served, where)) {
      const page = { name, ...(await metered(visitor, path)), ...(await timed(visitor, path)) };
      quiet(`${name}: ${page.rowsRead} rows, p50 ${page.p50.toFixed(1)} ms`);
      pages.push(page);
    }
    measured.sizes.push({ ...site(comments), ...years(comments), seconds, bytes, pages });
    if (comments === sizes.at(-1)) {
      measured.acts = await acts(served, where);
      measured.cron = await cron(served, where);
    }
    await served.miniflare.dispose();
    rmSync(own, { recursive: true, force: true, maxRetries: 5 });
  }
  return measured;
}

async function filled(served, comments) {
  const began = performance.now();
  const visitor = new Visitor(served.origin);
  const fill = await visitor.open(`/bench/fill?${new URLSearchParams(site(comments))}`);
  const grown = await visitor.open(`/bench/grow?${new URLSearchParams(years(comments))}`);
  const where = { ...JSON.parse(fill.text), ...JSON.parse(grown.text) };
  return { where, seconds: (performance.now() - began) / 1000 };
}

/** The database, below the folder of a site. */
const largestFile = (folder) =>
  Math.max(
    ...readdirSync(folder, { recursive: true })
      .filter((name) => name.endsWith('.sqlite'))
      .map((name) => statSync(join(folder, name)).size),
  );

async function pagesOf({ origin }, { space, thread, guest: invited, password }) {
  const host = await signedIn(origin, 'ava@foyer.example', password);
  const guest = await signedIn(origin, invited, password);
  const since = await placeOf(host, space);
  const at = `/spaces/${space}`;
  return [
    ['home', host, '/'],
    ['space', host, at],
    ['space, as a guest', guest, at],
    ['thread', host, `${at}/threads/${thread}`],
    ['thread, as a guest', guest, `${at}/threads/${thread}`],
    ['People', host, `${at}/people`],
    ['Guests tab', host, `${at}/settings/guests`],
    ['Guest Management', host, '/admin/guests'],
    ['Space Management', host, '/admin/spaces'],
    ['Audit Log', host, '/admin/audit'],
    ['search', host, '/search?q=tide'],
    ['search in a space', host, `${at}/search?q=tide`],
    ['notifications', host, '/notifications'],
    ['idle page: changes', host, `${at}/changes?since=${since}`],
    ['idle page: news', host, '/news?since=x'],
  ];
}

async function metered(visitor, path) {
  const { headers } = await visitor.ask(path, { headers: { 'x-bench-delay': '0' } });
  return JSON.parse(headers['x-bench-figures']);
}

/** One after the other: what one visitor waits for, not what the machine can bear. */
async function timed(visitor, path) {
  const took = [];
  for (let n = -3; n < TIMES; n++) {
    const { ms, status } = await visitor.ask(path);
    if (status >= 400) throw new Error(`${path}: ${status}`);
    if (n >= 0) took.push(ms);
  }
  return { p50: took.sort((a, b) => a - b)[TIMES / 2] };
}

/** What people do, once each: rows are the same every time. */
async function acts({ origin }, { space, thread, password }) {
  const host = await signedIn(origin, 'ava@foyer.example', password);
  const rows = [];
  const at = `/spaces/${space}/threads/${thread}`;
  const act = async (name, visitor, path, action, fields) => {
    const page = await visitor.open(path);
    const answer = await visitor.submit(path, action, fields, page, { 'x-bench-delay': '0' });
    rows.push({ name, ...JSON.parse(answer.headers['x-bench-figures']) });
  };
  await new Visitor(origin).open('/bench/consumed');
  await act('login', new Visitor(origin), '/login', '', { email: 'user2@foyer.example', password });
  const other = `/spaces/${space + 1}`;
  const { text } = await host.open(other);
  const [usual] = new RegExp(`${other}/threads/\\d+`).exec(text);
  await act('comment', host, usual, `${usual}?/comment`, { body: 'One more.' });
  await act('comment in the large space', host, at, `${at}?/comment`, { body: 'One more.' });
  await act('invitation', host, `/spaces/${space}/settings/guests/invite`, '', {
    ...{ addresses: 'one-more@partner.example', subject: 'Join us', message: 'Hello', locale: 'en' },
  });
  const link = await mailed(origin, 'one-more@partner.example');
  await act('sign-up', new Visitor(origin), link, '?/signUp', { name: 'One More', company: '', password });
  const consumed = JSON.parse((await new Visitor(origin).open('/bench/consumed')).text);
  const total = (of) => consumed.reduce((all, batch) => all + batch[of], 0);
  const each = Object.fromEntries(
    ['queries', 'rowsRead', 'rowsWritten'].map((of) => [of, total(of) / total('messages')]),
  );
  return [...rows, { name: 'delivery of a mail', ...each }];
}

async function mailed(origin, to) {
  for (let tries = 0; tries < 120; tries++) {
    const mails = JSON.parse((await new Visitor(origin).open('/dev/mailbox.json')).text);
    const link = /\/signup\/[\w.-]+/.exec(mails.find((mail) => mail.to === to)?.text ?? '')?.[0];
    if (link) return link;
    await new Promise((done) => setTimeout(done, 250));
  }
  throw new Error(`no mail to ${to}`);
}

/** Run after run, a minute apart: a quiet one, until every invitation has expired, until a space of the trash is gone. */
async function cron({ origin, miniflare }, { space, dueAt }) {
  const db = await miniflare.getD1Database('DB', 'foyer');
  const count = async (query) => (await db.prepare(query).first()).n;
  let now = Date.now();
  const until = async (name, left) => {
    const most = {};
    let heaviest = { rows: 0 };
    let runs = 0;
    for (let more = true; more; now += MINUTE, runs++) {
      const began = performance.now();
      const { text } = await new Visitor(origin).open(`/bench/cron?now=${now}`);
      const figures = { ...JSON.parse(text), ms: performance.now() - began };
      for (const of of ['queries', 'rowsRead', 'rowsWritten', 'ms'])
        most[of] = Math.max(most[of] ?? 0, figures[of]);
      [heaviest] = [heaviest, ...figures.heaviest].sort((a, b) => b.rows - a.rows);
      more = (await left()) > 0;
    }
    quiet(`${name}: ${runs} runs, at most ${JSON.stringify(most)}`);
    return { name, runs, ...most, heaviest };
  };
  // What the acts have left, too: mails about their comments. The newest entries may still wait for an hourly one that counts.
  const unsealed = () =>
    count(
      'select (select max(id) from audit_entry) - coalesce((select max(up_to) from audit_seal), 0) - 1000 as n',
    );
  const unmailed = () => count('select count(*) as n from notification where mail_at is not null');
  const rows = [
    await until('seals the audit', unsealed),
    await until('writes mails about the comments', unmailed),
    await until('has nothing to do', async () => 0),
  ];
  now = dueAt + MINUTE;
  rows.push(
    await until('expires invitations', () =>
      count(`select count(*) as n from invitation where status = 'invited'`),
    ),
  );
  await db
    .prepare('update space set deleted_at = ? where id = ?')
    .bind(now - 15 * DAY, space)
    .run();
  const comments = await count(`select count(*) as n from comment where space_id = ${space}`);
  rows.push({
    ...(await until('purges a space', () => count(`select count(*) as n from space where id = ${space}`))),
    comments,
  });
  return rows;
}
