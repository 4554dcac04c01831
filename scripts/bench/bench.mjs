// What is measured, and in which order.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { build } from '../lib/project.mjs';
import { root } from '../lib/run.mjs';
import { live } from './live.mjs';
import { heaviest, profile } from './profile.mjs';
import { colleagues, COLLEAGUES, meter, placeOf, signedIn, temporary, typeCode } from './people.mjs';
import { Visitor } from './visitor.mjs';
import { cpuSeconds, foyer, ruler } from './workers.mjs';

const CONNECTIONS = 16;
const TIMES = 50;
const quiet = (line) => console.error(line);

/** @returns {Promise<object[]>} one row for each page and act */
export async function bench({ only = [], seconds = 10 }) {
  const folder = temporary();
  if (await build({ output: 'ignore' })) throw new Error('the build failed');
  const wanted = (name) => only.length === 0 || only.some((part) => name.includes(part));
  const rows = [];
  const add = (row) => {
    rows.push(row);
    quiet(`${row.name}: ${row.rps ? `${row.rps.toFixed(0)} requests/s, ` : ''}p50 ${row.p50.toFixed(1)} ms`);
  };

  const measure = await ruler(folder);
  for (const name of ['ruler', 'floor']) {
    const visitor = new Visitor(measure.origin);
    add({ name, ...(await drive([visitor], `/${name}`, seconds)) });
  }
  await measure.miniflare.dispose();

  const { site, host, where, pages } = await standardSite(folder);
  for (const [name, visitors, path] of pages)
    if (wanted(name))
      add({
        name,
        ...(await drive(visitors, path, seconds)),
        ...(await meter(visitors[0], path)),
        ...(await weigh(visitors[0], path)),
      });
  for (const [name, act] of acts(site, host, where)) if (wanted(name)) add({ name, ...(await act()) });
  await site.miniflare.dispose();
  return rows;
}

/** How soon open pages learn of what happens. */
export async function benchLive() {
  const folder = temporary();
  if (await build({ output: 'ignore' })) throw new Error('the build failed');
  const { site, host, where } = await standardSite(folder);
  const rows = await live(site, host, (email) => signedIn(site.origin, email, where.password), where);
  await site.miniflare.dispose();
  return rows;
}

/** Where the CPU goes while a page is asked for. @param page its name in the table */
export async function benchProfile(page) {
  const folder = temporary();
  if (await build({ output: 'ignore' })) throw new Error('the build failed');
  const { site, pages } = await standardSite(folder, { inspect: true });
  const found = pages.find(([name]) => name === page);
  if (!found) throw new Error(`There is no page “${page}”: ${pages.map(([name]) => name).join(', ')}`);
  const [, [visitor], path] = found;
  const ask = async (times) => {
    for (let n = 0; n < times; n++)
      await Promise.all(Array.from({ length: CONNECTIONS }, () => visitor.ask(path)));
  };
  await ask(20);
  const { busy, self, total } = heaviest(await profile(site.inspectorPort, () => ask(30)));
  await site.miniflare.dispose();
  return { msPerRequest: busy / (30 * CONNECTIONS), self, total };
}

/** The standard site of tests/bench/site.ts, with its first administrator signed in. */
async function standardSite(folder, options) {
  const site = await foyer(folder, options);
  const filled = await new Visitor(site.origin).open('/bench/fill');
  const where = JSON.parse(filled.text);
  const { space, thread, password } = where;
  const host = await signedIn(site.origin, 'ava@foyer.example', password);
  const since = await placeOf(host, space);
  const pages = [
    ['login', [new Visitor(site.origin)], '/login'],
    ['home', [host], '/'],
    ['space', [host], `/spaces/${space}`],
    ['thread', [host], `/spaces/${space}/threads/${thread}`],
    ['guests tab', [host], `/spaces/${space}/settings/guests`],
    ['search', await colleagues(site.origin, password), '/search?q=tide'],
    ['idle page', [host], `/spaces/${space}/changes?since=${since}`],
  ];
  return { site, host, where, pages };
}

/** As many requests as the Worker answers, over CONNECTIONS connections, by these visitors in turn. */
async function drive(visitors, path, seconds) {
  const { default: autocannon } = await import('autocannon');
  const asked = visitors.map(({ cookie }) => ({
    headers: { 'accept-language': 'en', accept: 'text/html', ...(cookie && { cookie }) },
  }));
  const url = visitors[0].origin + path;
  const shoot = (duration) => autocannon({ url, connections: CONNECTIONS, duration, requests: asked });
  await shoot(Math.min(2, seconds));
  const before = cpuSeconds();
  const { requests: answered, latency, non2xx, errors } = await shoot(seconds);
  if (non2xx + errors > 0) throw new Error(`${path}: ${non2xx} refused, ${errors} broken off`);
  const cpu = ((cpuSeconds() - before) / answered.total) * 1000;
  return { rps: answered.average, p50: latency.p50, p99: latency.p99, cpu };
}

/** The page, and the scripts and styles that it asks for: in its head, and in the header `Link`. */
async function weigh(visitor, path) {
  const { body, text, headers } = await visitor.ask(path);
  const named = `${headers.link ?? ''} ${text.replace(/<link[^>]*\sdisabled[^>]*>/g, '')}`;
  const files = [...new Set(named.match(/\/_app\/immutable\/[\w./-]+\.(?:js|css)/g) ?? [])];
  const inline = [...text.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/g)].map(([, css]) => css).join('');
  const gzip = (href) => gzipSync(readFileSync(join(root, '.svelte-kit/cloudflare', href))).length;
  const sum = (ending) =>
    files.filter((href) => href.endsWith(ending)).reduce((all, href) => all + gzip(href), 0);
  return {
    htmlBytes: body.length,
    htmlGzipBytes: gzipSync(body).length,
    scriptBytes: sum('.js'),
    scripts: files.filter((href) => href.endsWith('.js')).length,
    styleBytes: sum('.css') + (inline ? gzipSync(inline).length : 0),
  };
}

/** What people do, one at a time. */
function acts(site, host, { space, thread, password }) {
  const { origin } = site;
  const guests = `/spaces/${space}/settings/guests`;
  const links = [];
  const joined = [];
  const address = (n, name = 'new') => `${name}${n}@partner.example`;
  const mails = async () => JSON.parse((await new Visitor(origin).open('/dev/mailbox.json')).text);

  const invite = async (addresses) => {
    const page = await host.open(`${guests}/invite`);
    return () =>
      host.submit(
        `${guests}/invite`,
        '',
        { addresses, subject: 'Join us', message: 'Hello', locale: 'en' },
        page,
      );
  };
  return [
    ['invite', () => times((n) => invite(address(n)))],
    [
      'open link',
      async () => {
        for (let tries = 0; tries < 60 && links.length < TIMES; tries++) {
          await sleep(500);
          links.length = 0;
          for (const mail of await mails()) {
            const link = /\/signup\/[\w.-]+/.exec(mail.text)?.[0];
            if (link) links.push({ link, email: mail.to });
          }
        }
        return times((n) => () => new Visitor(origin).open(links[n].link));
      },
    ],
    [
      'sign up',
      () =>
        times(async (n) => {
          const visitor = new Visitor(origin);
          const page = await visitor.open(links[n].link);
          joined.push(links[n].email);
          return () =>
            visitor.submit(links[n].link, '?/signUp', { name: `New ${n}`, company: '', password }, page);
        }),
    ],
    ['password hash', () => times(() => () => new Visitor(origin).open('/bench/hash'))],
    [
      'login',
      () =>
        times(async (n) => {
          const visitor = new Visitor(origin);
          const page = await visitor.open('/login');
          return () =>
            visitor.submit(
              '/login',
              '',
              { email: `user${(n % COLLEAGUES) + 1}@foyer.example`, password },
              page,
            );
        }),
    ],
    [
      'login with code',
      () =>
        times(async (n) => {
          const visitor = new Visitor(origin);
          const email = joined[n] ?? `guest${n + 1}@partner.example`;
          await visitor.submit('/login', '', { email, password });
          return () => typeCode(visitor, email);
        }),
    ],
    [
      'comment',
      async () => {
        const path = `/spaces/${space}/threads/${thread}`;
        return times(async (n) => {
          const page = await host.open(path);
          return () => host.submit(path, `${path}?/comment`, { body: `One more, the ${n}th.` }, page);
        });
      },
    ],
    [
      'upload of 5 MB',
      async () => {
        const body = Buffer.alloc(5_000_000, 'foyer ');
        const headers = { 'content-type': 'application/octet-stream' };
        return times((n) => async () => {
          const answer = await host.ask(`/spaces/${space}/files?name=file-${n}.txt`, {
            method: 'POST',
            headers,
            body,
          });
          if (answer.status !== 201) throw new Error(`upload: ${answer.status} ${answer.text}`);
        });
      },
    ],
    [
      'invite 500',
      () =>
        times((n) => invite(Array.from({ length: 500 }, (_, i) => address(i, `many${n}-`)).join('\n')), 3),
    ],
  ];
}

/** @param prepare what is not measured; returns what is */
async function times(prepare, howMany = TIMES) {
  const took = [];
  const before = cpuSeconds();
  for (let n = 0; n < howMany; n++) {
    const act = await prepare(n);
    const began = performance.now();
    await act();
    took.push(performance.now() - began);
  }
  took.sort((a, b) => a - b);
  const at = (share) => took[Math.min(took.length - 1, Math.floor(took.length * share))];
  return { p50: at(0.5), p99: at(0.99), cpu: ((cpuSeconds() - before) / howMany) * 1000 };
}
