// What the log says of people who ask for what is not theirs, and that it says nothing else of them.
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { logRefusal } from '../src/lib/server/log';
import { MINUTE, ORIGIN } from './contexts';
import { address, ask, makeWorld, type Who } from './world';

beforeAll(makeWorld);

let written: string[] = [];
beforeEach(() => {
  written = [];
  vi.spyOn(console, 'error').mockImplementation((...parts: unknown[]) => void written.push(parts.join(' ')));
});
afterEach(() => void vi.restoreAllMocks());

async function said(who: Who, path: string, init?: RequestInit): Promise<string[]> {
  written = [];
  await (await ask(who, address(path), init)).text();
  return written.map((line) => line.replace(/user:[a-z2-7]{16}/, 'user:<id>'));
}
const post = { method: 'POST', body: new URLSearchParams(), headers: { origin: ORIGIN } };

it.each<[Who, string, RequestInit | undefined, string[]]>([
  ['foreign', '/spaces/:space', undefined, ['refused (missing) at /(app)/spaces/[id=id]/(tabs): user:<id>']],
  ['user', '/files/:file', undefined, ['refused (missing) at /(app)/files/[file]: user:<id>']],
  ['user', '/admin/users', undefined, ['refused (forbidden) at /(admin)/admin/users: user:<id>']],
  ['guest', '/admin/permissions', post, ['refused (forbidden) at /(admin)/admin/permissions: user:<id>']],
  ['admin', '/admin/users', undefined, []],
  ['guest', '/spaces/:space', undefined, []],
  // What nobody has typed right is no attempt at anything.
  ['guest', '/me?/password', post, []],
  ['anonymous', '/spaces/:space', undefined, []],
  [
    'guest',
    '/me?/password',
    { ...post, headers: { origin: 'https://evil.example' } },
    ['refused (elsewhere) at /(app)/me: nobody'],
  ],
])('the log has what %s may not do at %s', async (who, path, init, lines) => {
  expect(await said(who, path, init)).toEqual(lines);
});

it('a link that nobody has made is logged without what stood in it', async () => {
  const token = 'a'.repeat(48);
  await said('anonymous', `/unsubscribe/${token}`);
  await said('anonymous', `/reset/${token}`);
  await said('anonymous', '/files/nothinghere');
  expect(written.join('\n')).not.toContain('aaaa');
  expect(written.join('\n')).not.toContain('nothinghere');
});

it('nobody floods the log: sixty refusals a minute, and one line that says so', () => {
  const now = Date.now() + 100 * MINUTE;
  for (let i = 0; i < 500; i++) logRefusal(now, 'missing', '/x', undefined);
  expect(written).toHaveLength(61);
  expect(written.at(-1)).toBe('further refusals of this minute are not logged');
  logRefusal(now + MINUTE, 'missing', '/x', 'somebody');
  expect(written.at(-1)).toBe('refused (missing) at /x: user:somebody');
});
