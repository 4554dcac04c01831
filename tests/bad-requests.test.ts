/**
 * Hostile and broken requests, generated from a seed, to all routes as every kind of person. Each is answered,
 * and never with a 5xx.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import * as body from '../src/lib/server/body';
import { ORIGIN } from './contexts';
import { routePaths } from './routes';
import { address, ask, makeWorld, people, type Who } from './world';

beforeAll(makeWorld);

const COUNT = 2_400;
const SEED = 20261126;

/** mulberry32: the same numbers for the same seed. */
function random(seed: number) {
  const next = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    pick: <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!,
    chance: (p: number) => next() < p,
  };
}

const routes = [
  ...routePaths,
  '/nowhere',
  '/constructor',
  '/__proto__',
  '/toString/',
  '/spaces/999999999',
  '/spaces/99999999999999999999',
  '/spaces/1e3',
  '/spaces/%31',
  '/files/%00',
  '/signup/%F0%9F',
  '/%',
  '/%ff',
  '/..%2f..%2fadmin',
  '//evil.example',
  '/login/',
  '/_app/remote/x/y',
  '/_app/env.js',
];

const actions = [
  '',
  '?/',
  '?/default',
  '?/constructor',
  '?/__proto__',
  '?/toString',
  '?/valueOf',
  '?/hasOwnProperty',
  '?/isPrototypeOf',
  '?/__defineGetter__',
  '?/comment',
  '?/profile',
  '?/signUp',
  '?/verify',
  '?/invite',
  '?/nothing',
  '?/remote=x',
  '?/remote=',
  '?/comment&/edit',
  '?a=1&/react',
  '?%2Fcomment',
  '?/%00',
  '?/\ud800',
  `?/${'x'.repeat(3_000)}`,
];
const queries = [
  '',
  '?',
  '?q=%',
  '?q=%ff%fe',
  '?q=%00',
  '?before=NaN',
  '?before=-1',
  '?before=9e99',
  '?before=a-b',
  '?after=%22',
  '?q=' + 'a+'.repeat(2_000),
  '?q=' + '%22'.repeat(2_000),
  '?q=a&q=b',
  '?edit=first',
  '?edit=__proto__',
  '?quote=999999',
  '?history=1',
  '?comment=0x10',
  '?delete=first',
  '?next=//evil.example',
  '?next=/login',
  '?next=%5C',
  '?x-sveltekit-invalidated=zzz',
  '?since=1e400',
  '?name=%00',
  '?show=__proto__',
  '?find',
  '?template=__proto__',
  '?template=shipped:',
  '?' + '&'.repeat(5_000),
  '?' + 'a=1&'.repeat(1_500),
  '?before=' + '9'.repeat(400),
  '?search=%F0%9F%98',
  '?search=%25_',
  '?search=' + "'".repeat(99),
  '?after=' + '['.repeat(500),
  '?' + 'x'.repeat(20_000),
];
const suffixes = ['', '', '', '', '/__data.json', '/__route.js', '/', '/.', '//', '/%2e%2e', '.json'];
const methods = [
  'GET',
  'GET',
  'HEAD',
  'POST',
  'POST',
  'POST',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'PROPFIND',
];

const types = [
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=utf-7',
  'application/x-www-form-urlencoded; charset=utf-8',
  'application/x-www-form-urlencoded; charset="',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  'multipart/form-data; boundary=x',
  'multipart/form-data; boundary="',
  'multipart/form-data; boundary=' + 'x'.repeat(5_000),
  'multipart/form-data; charset=shift_jis; boundary=x',
  'multipart/mixed; boundary=x',
  'text/plain',
  'text/plain; charset=utf-16',
  'text/html',
  'application/json',
  'application/json; charset=latin1',
  'application/x-sveltekit-formdata',
  'application/octet-stream',
  'image/png',
  '',
  ';',
  '/',
];
const part = (name: string, value: string, more = '') =>
  `--x\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
const fields = [
  'body',
  'title',
  'name',
  'email',
  'password',
  'requestKey',
  'text',
  'kind',
  'id',
  'ref',
  'addresses',
  'code',
  'token',
  'next',
  'until',
  'typed',
  'cover',
  'files',
  'fileIds',
  'links',
  'updatedAt',
  'editedAt',
  'locale',
  'timeZone',
  'notify',
  '__proto__',
  'constructor',
  '',
];
const values = [
  '',
  '0',
  '-1',
  '1e999',
  'NaN',
  '\0',
  'a\0b',
  '\ud800',
  '\u200b',
  'x'.repeat(30_000),
  '\u0301'.repeat(20_000),
  '[object Object]',
  '__proto__',
  '%',
  "' or 1=1 --",
  '<script>',
  '<<<<',
  '> '.repeat(5_000),
  '😀'.repeat(5_000),
  'a'.repeat(16),
  'aaaaaaaaaaaaaaaa',
  'first',
  '2026-11-26',
];

function bodyOf({ pick, chance }: ReturnType<typeof random>): BodyInit {
  const kind = pick(['form', 'form', 'form', 'parts', 'parts', 'json', 'bytes', 'empty', 'large']);
  const some = Array.from(
    { length: pick([0, 1, 2, 5, 12]) },
    () => [pick(fields), pick(values)] as [string, string],
  );
  if (chance(0.3)) some.push(...some);
  if (kind === 'form')
    return String(new URLSearchParams(some)) + pick(['', '', '&', '&%', '&=%ff', '&a=%00%']);
  if (kind === 'parts')
    return (
      some
        .map(([name, value]) =>
          part(
            name,
            value,
            pick([
              '',
              '',
              '; filename="a"',
              `; filename="${'.'.repeat(9_000)}"`,
              '; filename',
              "; filename*=utf-7''x",
            ]),
          ),
        )
        .join('') + pick(['--x--', '--x--\r\n', '', '--x', '--y--', '\r\n', '--x\r\nContent-Type:\r\n\r\n'])
    );
  if (kind === 'json')
    return pick([
      '{"text":"a"}',
      '{"text":1}',
      '{',
      'null',
      '[]',
      '{"text":null}',
      '"',
      '{"__proto__":{}}',
      '[['.repeat(9_000),
    ]);
  if (kind === 'bytes') return Uint8Array.from({ length: 300 }, (_, i) => (i * 149) & 255);
  return kind === 'large' ? 'body=' + 'a'.repeat(1_200_000) : '';
}

const headers: Record<string, string>[] = [
  {},
  {},
  {},
  {},
  {},
  {},
  { 'accept-language': 'a,'.repeat(50_000) },
  { 'accept-language': 'ja;q=0.'.repeat(1_500) },
  { 'accept-language': '*;q=NaN, -' },
  { cookie: 'foyer=' },
  { cookie: `foyer=${'a'.repeat(9_000)}` },
  { cookie: 'foyer=%; foyer-step=%ff; foyer-device=a.b.c; foyer-held=x' },
  { cookie: '__proto__=1; constructor=2; =; ;;;' },
  { cookie: 'a=b; '.repeat(20_000) },
  { range: 'bytes=' + '0-0,'.repeat(3_000) },
  { range: 'bytes=9999999999999999-' },
  { range: 'bytes=-0' },
  { 'if-none-match': '",'.repeat(5_000) },
  { 'if-range': '"' },
  { accept: 'application/json' },
  { accept: '*/*;q=' + '0'.repeat(5_000) },
  { accept: ',/;'.repeat(3_000) },
  { 'x-sveltekit-action': 'true', accept: 'application/json' },
  { 'x-sveltekit-pathname': '/admin', 'x-sveltekit-search': '?%' },
  { 'x-sveltekit-error': 'true' },
  { 'user-agent': 'x'.repeat(9_000) },
  { 'cf-connecting-ip': ':'.repeat(2_000) },
  { 'content-length': 'x' },
  { 'x-http-method-override': 'DELETE' },
];

test(`${COUNT} bad requests: no fault of ours, none takes long`, async () => {
  const roll = random(SEED);
  const { pick, chance } = roll;
  const faults: string[] = [];
  for (let i = 0; i < COUNT; i++) {
    const who: Who = pick([...people, 'stale', 'staleGuest']);
    const method = pick(methods);
    const path =
      address(pick(routes)) +
      (chance(0.2) ? pick(suffixes) : '') +
      (method === 'POST' ? pick(actions) : pick(queries));
    const type = pick(types);
    const init: RequestInit = {
      method,
      headers: {
        origin: chance(0.95) ? ORIGIN : 'https://evil.example',
        ...(type && { 'content-type': type }),
        ...pick(headers),
      },
      ...(!['GET', 'HEAD'].includes(method) && { body: bodyOf(roll) }),
    };
    const says = `#${i} ${who} ${method} ${path.slice(0, 80)} ${type.slice(0, 60)} ${JSON.stringify(init.headers).slice(0, 120)}`;
    try {
      const response = await ask(who, path, init);
      await response.arrayBuffer();
      if (response.status >= 500) faults.push(`${response.status}: ${says}`);
    } catch (error) {
      // Skips what the platform itself refuses to send.
      if (!(error instanceof TypeError && /header|URL|method|GET or HEAD/i.test(error.message)))
        faults.push(`${error}: ${says}`);
    }
  }
  expect(faults).toEqual([]);
}, 120_000);

describe('what cannot be read is refused with a sentence', () => {
  const post = (who: Who, path: string, type: string, body: BodyInit, more: Record<string, string> = {}) =>
    ask(who, address(path), {
      method: 'POST',
      body,
      headers: { origin: ORIGIN, 'content-type': type, ...more },
    });
  /** A body that is made while it is read. */
  const sent = (size: number) => {
    let left = size;
    let read = 0;
    const pull = (controller: ReadableByteStreamController) => {
      const chunk = new Uint8Array(Math.min(left, 100_000)).fill(97);
      read += chunk.length;
      left -= chunk.length;
      controller.enqueue(chunk);
      if (left === 0) controller.close();
    };
    return { body: new ReadableStream({ type: 'bytes', pull }, { highWaterMark: 0 }), read: () => read };
  };
  const forms: [Who, string][] = [
    ['anonymous', '/login'],
    ['anonymous', '/signup/:token?/signUp'],
    ['half', '/verify?/verify'],
    ['guest', '/spaces/:space/new-thread'],
    ['guest', '/spaces/:space/threads/:thread?/comment'],
    ['guest', '/me?/profile'],
    ['spaceAdmin', '/spaces/:space/settings/guests/invite'],
    ['admin', '/admin/templates?/import'],
  ];

  test.each([
    ['multipart/form-data', 'x', 400],
    ['multipart/form-data; boundary=', 'x', 400],
    ['multipart/form-data; boundary=x', 'no parts at all', 400],
    ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nno end', 400],
    ['multipart/form-data; boundary=x', '--x\r\nrubbish\r\n\r\na\r\n--x--', 400],
    ['text/plain', 'a=b', 415],
    ['text/plain;charset=utf-16', 'a=b', 415],
    ['application/x-www-form-urlencoded; charset=utf-7', 'a=b', 415],
    ['application/x-www-form-urlencoded; charset="shift_jis"', 'a=b', 415],
    ['application/x-sveltekit-formdata', 'rubbish', 415],
    ['application/x-sveltekit-formdata', '\0\0\0\xff', 415],
    ['application/json', '{}', 415],
    ['image/png', 'x', 415],
    ['application/x-www-form-urlencoded', `a=${'x'.repeat(23_000_000)}`, 413],
  ])('%s, %#: %i', async (type, body, status) => {
    for (const [who, path] of forms) {
      const answer = await post(who, path, type, body);
      expect([path, answer.status]).toEqual([path, status]);
      expect(await answer.text(), path).toMatch(/couldn’t read|too much to send|together/);
    }
  });

  test.each([
    'constructor',
    '__proto__',
    'toString',
    'valueOf',
    'hasOwnProperty',
    'isPrototypeOf',
    '__defineGetter__',
    'default',
    'nothing',
    '',
    'remote=x',
    'a/b',
  ])('?/%s is no action: 404', async (name) => {
    for (const [who, path] of forms) {
      const at = `${path.split('?')[0]}?/${name}`;
      const answer = await post(who, at, 'application/x-www-form-urlencoded', '');
      expect([at, answer.status]).toEqual([at, 404]);
      // The page of an invalid link has its own 404.
      expect(await answer.text()).toMatch(/Page not found|don’t recognise this link/);
    }
  });

  test('addresses and headers that are too long, and paths that cannot be decoded', async () => {
    const status = async (path: string, headers: Record<string, string> = {}) => {
      const answer = await ask('guest', path, { headers });
      expect(answer.headers.get('content-security-policy')).toBeTruthy();
      expect(await answer.text()).toMatch(/<main>|too long|sent too much/);
      return answer.status;
    };
    expect(await status(`/?q=${'a'.repeat(10_000)}`)).toBe(414);
    expect(await status(`/${'a'.repeat(10_000)}`)).toBe(414);
    expect(await status('/', { 'accept-language': 'a,'.repeat(50_000) })).toBe(431);
    expect(await status('/', { cookie: 'a=b; '.repeat(20_000) })).toBe(431);
    for (const path of ['/%', '/%ff', '/spaces/%c3%28', '/signup/%F0%9F'])
      expect(await status(path)).toBe(400);
  });

  test('a body is read only up to its limit: forms and JSON, with or without a length', async () => {
    for (const [who, path, type] of [
      ['guest', '/spaces/:space/preview', 'application/json'],
      ['guest', '/spaces/:space/preview', 'application/x-www-form-urlencoded'],
      ['guest', '/spaces/:space/preview', 'multipart/form-data; boundary=x'],
      ['guest', '/me?/profile', 'multipart/form-data; boundary=x'],
    ] as const) {
      const { body: endless, read } = sent(Infinity);
      const answer = await post(who, path, type, endless);
      expect([path, type, answer.status]).toEqual([path, type, 413]);
      expect(read()).toBeLessThan(70_000_000);
    }
  });

  // The server closes the connection under a sender who still writes, and the answer is lost.
  test('whatever is refused, its body is read to the end before the answer', async () => {
    const all = 3_000_000;
    const json = 'application/json';
    const multipart = 'multipart/form-data; boundary=x';
    const large = { 'content-length': String(51 * 1024 * 1024) };
    for (const [who, path, type, headers, status] of [
      ['guest', '/spaces/:space/preview', json, {}, 413],
      ['guest', '/spaces/:space/preview', json, large, 413],
      ['guest', '/me?/profile', multipart, {}, 413],
      ['guest', '/me?/profile', 'text/plain', {}, 415],
      ['guest', '/me?/profile', multipart, { origin: 'https://evil.example' }, 403],
      ['guest', '/spaces/:space/files?name=x', 'application/octet-stream', large, 413],
      ['foreign', '/spaces/:space/files?name=x', 'application/octet-stream', {}, 404],
      [
        'spaceAdmin',
        '/spaces/:space/files?kind=cover&name=x',
        'image/png',
        { 'content-length': String(all) },
        400,
      ],
      ['anonymous', '/spaces/:space/preview', json, {}, 303],
      ['guest', '/nowhere', json, {}, 404],
    ] as const) {
      const { body, read } = sent(all);
      const answer = await post(who, path, type, body, headers);
      expect([path, headers, answer.status]).toEqual([path, headers, status]);
      expect([path, headers, read()]).toEqual([path, headers, all]);
    }
  });

  test('a sender who stops is not waited for', async () => {
    const request = new Request(ORIGIN, {
      method: 'POST',
      body: new ReadableStream({ type: 'bytes', pull: () => new Promise<void>(() => {}) }),
    });
    await body.drain(request, { bytes: 1_000, time: 1 });
    expect(request.body!.locked).toBe(false);
  });

  test('/preview accepts what its page sends, and refuses everything else', async () => {
    const preview = async (type: string, body: string) =>
      (await post('guest', '/spaces/:space/preview', type, body)).status;
    expect(await preview('application/json', '{"text":"a"}')).toBe(200);
    expect(await preview('application/x-www-form-urlencoded', 'text=a')).toBe(200);
    for (const body of ['{', 'null', '{"text":1}', '"'])
      expect(await preview('application/json', body)).toBe(400);
    expect(await preview('text/plain', 'text=a')).toBe(415);
  });
});
