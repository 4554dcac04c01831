/**
 * A refused form names all that is wrong with it at once: each action is posted with everything wrong, on the built worker. An
 * action without a row here fails the first test.
 */
import { beforeAll, expect, test } from 'vitest';
import * as templates from '../src/lib/server/space-templates';
import { as, ORIGIN } from './contexts';
import { makeAdministrator, makeSpace } from './factories';
import { routePath } from './routes';
import { address, ask, makeWorld, type Who } from './world';

const sources = import.meta.glob<string>('../src/routes/**/+page.server.ts', {
  eager: true,
  query: '?raw',
  import: 'default',
});
const actions = Object.entries(sources).flatMap(([file, code]) =>
  [...(code.split('export const actions')[1] ?? '').matchAll(/^(?: {2}| = \{ )(\w+): /gm)].map(
    ([, name]) => `${routePath(file)} ${name}`,
  ),
);

/** People fill in one field or none. */
const single = [
  '/ mark',
  '/notifications mark',
  '/notifications markAll',
  '/notifications later',
  '/verify verify',
  '/verify resend',
  '/terms accept',
  '/me notifications',
  '/me presence',
  '/admin/spaces presence',
  '/me mute',
  '/me zone',
  '/me picture',
  '/me removePicture',
  '/me emailAgain',
  '/me emailCancel',
  '/me endSessions',
  '/me endTrust',
  '/me signOut',
  '/forgot default',
  '/reset/:token default',
  '/email/:token default',
  '/unsubscribe/:token default',
  '/signup/:token join',
  '/signup/:token ask',
  '/signup/:token decline',
  '/signup/:token switch',
  '/spaces/:space invite',
  '/spaces/:space read',
  '/spaces/:space greeted',
  '/spaces/:space hello',
  '/spaces/:space company',
  '/spaces/:space archive',
  '/spaces/:space mute',
  '/spaces/:space leave',
  '/spaces/:space delete',
  '/spaces/:space/files/:file default',
  '/spaces/:space/settings/guests resend',
  '/spaces/:space/settings/guests resendAll',
  '/spaces/:space/settings/guests copy',
  '/spaces/:space/access/x extend',
  '/spaces/:space/access/x decline',
  '/me renew',
  '/spaces/:space/settings/guests access',
  '/spaces/:space/settings/guests dismiss',
  '/spaces/:space/settings/guests delete',
  '/spaces/:space/settings/members add',
  '/spaces/:space/settings/members change',
  '/spaces/:space/settings/members remove',
  '/spaces/:space/threads/:thread delete',
  '/spaces/:space/threads/:thread open',
  '/spaces/:space/threads/:thread react',
  '/spaces/:space/threads/:thread tick',
  '/spaces/:space/threads/:thread follow',
  '/spaces/:space/threads/:thread pin',
  '/spaces/:space/threads/:thread close',
  '/spaces/:space/threads/:thread read',
  '/admin/permissions default',
  '/admin/login-security unlock',
  '/admin/users resend',
  '/admin/users cancel',
  '/admin/users permissions',
  '/admin/users deactivate',
  '/admin/users reactivate',
  '/admin/templates delete',
  '/admin/templates hide',
  '/admin/templates import',
  '/admin/spaces/:space/administrator default',
  '/admin/spaces restore',
  '/admin/spaces archive',
  '/admin/spaces become',
  '/admin/mail again',
  '/admin/mail all',
  '/admin/mail test',
  '/admin/audit keep',
  '/admin/guests deactivate',
  '/admin/guests delete',
  '/admin/guests many',
  '/admin/guests reactivate',
  '/admin/guests/import mend',
  '/admin/guests/import read',
  '/admin/guests/import send',
  '/admin/guests/many/x again',
  '/admin/guests/many/x step',
  '/admin/guests/x address',
  '/admin/guests/x addressAgain',
  '/admin/guests/x addressCancel',
  '/admin/guests/x deactivate',
  '/admin/guests/x reactivate',
  '/admin/guests/x endSessions',
  '/admin/guests/x mailReset',
  '/admin/guests/x makeUser',
  '/admin/guests/x password',
  '/admin/guests/x access',
  '/admin/guests/x remove',
  '/admin/guests/x code',
  '/admin/users/import default',
  '/admin/users/x code',
  '/admin/users/x reset',
];

type Fields = Record<string, string | File>;
const long = 'x'.repeat(30_000);
const words = () => new File(['No picture'], 'words.txt');
const nothing = () => new File([], 'nothing.txt');
const requestKey = 'k'.repeat(16);
const TAKEN = 'Taken by another';
let template = '';

/** Action → who posts, and the wrong fields. `also` is right. */
const rows: [action: string, who: Who, wrong: () => Fields, also?: () => Fields][] = [
  ['/login default', 'anonymous', () => ({ email: '', password: '' })],
  ['/signup/:token signUp', 'anonymous', () => ({ name: '', company: long, password: 'short' })],
  ['/signup/:token signUp', 'anonymous', () => ({ name: '', password: '' })],
  ['/me profile', 'guest', () => ({ name: '', company: long, timeZone: 'Nowhere/Else' })],
  ['/me password', 'guest', () => ({ current: 'not this one', password: 'short' })],
  ['/me password', 'guest', () => ({ current: '', password: 'short' })],
  ['/me password', 'guest', () => ({ current: 'not this one', password: '' })],
  ['/me email', 'guest', () => ({ email: 'nowhere', ownPassword: 'not this one' })],
  ['/me email', 'guest', () => ({ email: '', ownPassword: 'not this one' })],
  ['/me email', 'guest', () => ({ email: 'nowhere', ownPassword: '' })],
  ['/me delete', 'guest', () => ({ current: 'not this one', typed: 'x@y.example' })],
  ['/me delete', 'guest', () => ({ current: '', typed: '' })],
  [
    '/spaces/new default',
    'spaceAdmin',
    () => ({ name: '', cover: '', coverFile: words(), people: 'mia' }),
    () => ({ requestKey, searched: 'noor' }),
  ],
  [
    '/spaces/new default',
    'spaceAdmin',
    () => ({ coverFile: words(), people: 'mia' }),
    () => ({ name: 'Named', cover: 'harbour', requestKey, searched: 'noor' }),
  ],
  [
    '/spaces/:space/settings/general default',
    'spaceAdmin',
    () => ({ name: '', links: 'no link', announcement: long, coverFile: words() }),
    () => ({ cover: 'harbour', updatedAt: '1' }),
  ],
  [
    '/spaces/:space/settings/general default',
    'spaceAdmin',
    () => ({ cover: 'file:' + 'a'.repeat(16), coverFile: words() }),
    () => ({ name: 'Named', updatedAt: '1' }),
  ],
  [
    '/spaces/:space/settings/template default',
    'spaceAdmin',
    () => ({ templateName: TAKEN, description: long }),
    () => ({ requestKey }),
  ],
  [
    '/spaces/:space/settings/guests/invite default',
    'spaceAdmin',
    () => ({ addresses: ';', subject: '', message: long, locale: 'xx' }),
  ],
  [
    '/spaces/:space/new-thread default',
    'spaceAdmin',
    () => ({ title: '', body: long, files: nothing() }),
    () => ({ requestKey }),
  ],
  [
    '/spaces/:space/new-thread default',
    'spaceAdmin',
    () => ({ title: '', files: nothing() }),
    () => ({ body: '', requestKey }),
  ],
  [
    '/spaces/:space/threads/:thread comment',
    'spaceAdmin',
    () => ({ body: long, files: nothing() }),
    () => ({ requestKey }),
  ],
  [
    '/spaces/:space/threads/:thread edit',
    'spaceAdmin',
    () => ({ title: '', body: long }),
    () => ({ text: '', editedAt: '0' }),
  ],
  ['/admin/users invite', 'admin', () => ({ email: 'nobody', locale: 'xx' })],
  [
    '/admin/appearance save',
    'admin',
    () => ({
      siteName: '',
      companyName: long,
      accent: '#f59e0b',
      privacyUrl: 'http://x.example',
      termsUrl: 'words',
      logo: words(),
    }),
    () => ({ revision: '1' }),
  ],
  [
    '/admin/appearance save',
    'admin',
    () => ({ accent: '#f59e0b', termsUrl: '', logo: words() }),
    () => ({ siteName: 'Foyer', termsRequired: 'on', revision: '1' }),
  ],
  [
    '/admin/appearance preview',
    'admin',
    () => ({ siteName: '', accent: '#f59e0b', logo: words() }),
    () => ({ revision: '1' }),
  ],
  [
    '/admin/templates change',
    'admin',
    () => ({ templateName: TAKEN, description: long }),
    () => ({ id: template, updatedAt: '1' }),
  ],
  [
    '/admin/spaces storage',
    'admin',
    () => ({ spaceStorage: '0', guestStorage: 'much' }),
    () => ({ revision: '1' }),
  ],
  [
    '/admin/authentication default',
    'admin',
    () => ({
      minLength: '0',
      maxLength: 'long',
      codeMinutes: '9',
      invitationDays: '31',
      trustedDays: '0',
      allowedDomains: 'partner, example',
    }),
    () => ({ preset: 'hardened', revision: '1', accessDays: '0' }),
  ],
  [
    '/admin/login-security save',
    'admin',
    () => ({
      lockAfter: '1',
      lockMinutes: 'long',
      userIdle: '1',
      userAbsolute: '',
      guestIdle: '999',
      guestAbsolute: 'never',
      administratorNetworks: 'office',
      userNetworks: '192.0.2.0/33',
      guestNetworks: '192.0.2.0/24\n::1::',
    }),
    () => ({ revision: '1' }),
  ],
  ...(['save', 'preview'] as const).map((action): (typeof rows)[number] => [
    `/admin/mail/texts ${action}`,
    'admin',
    () => ({ subject: '{password}', introduction: '{space} {secret}', sender: long }),
    () => ({ locale: 'en', kind: 'reset', revision: '1' }),
  ]),
];

beforeAll(async () => {
  await makeWorld();
  const ada = await makeAdministrator();
  const space = await makeSpace(ada);
  await templates.fromSpace(as(ada), space, { name: TAKEN, description: '' });
  template = await templates.fromSpace(as(ada), space, { name: 'Its own', description: '' });
});

async function post(action: string, who: Who, fields: Fields) {
  const [at, name] = action.split(' ') as [string, string];
  const body = new FormData();
  for (const [field, value] of Object.entries(fields)) body.set(field, value);
  const response = await ask(who, address(at) + (name === 'default' ? '' : `?/${name}`), {
    method: 'POST',
    body,
    headers: { origin: ORIGIN, 'x-sveltekit-action': 'true', accept: 'application/json' },
  });
  const { type, data } = await response.json<{ type: string; data: string }>();
  expect(type).toBe('failure');
  // In devalue's format, numbers are places in the list.
  const [root, ...rest] = JSON.parse(data) as [{ errors: number; values: number }, ...object[]];
  const namesOf = (place: number) => Object.keys(rest[place - 1]!);
  return { errors: namesOf(root.errors), values: namesOf(root.values), said: data };
}

test('every action is here', () => {
  const known = [...single, ...rows.map(([action]) => action), '/setup default'];
  expect(actions.length).toBeGreaterThan(50);
  expect(actions.filter((action) => !known.includes(action))).toEqual([]);
});

test.each(rows)(
  '%s, as %s: every fault is named, and nothing typed is lost',
  async (action, who, wrong, also) => {
    const { errors, values } = await post(action, who, { ...wrong(), ...also?.() });
    expect(errors.sort()).toEqual(Object.keys(wrong()).sort());
    const typed = Object.keys(wrong()).filter((name) => !/password|current/i.test(name));
    expect(values).toEqual(expect.arrayContaining(typed));
  },
);

test('a number that does not fit is answered with what would', async () => {
  const wrong = { spaceStorage: '0', guestStorage: '1000000', revision: '1' };
  const { said } = await post('/admin/spaces storage', 'admin', wrong);
  expect(said).toMatch(/"form\.too-low",\{"min":\d+\},1,/);
  expect(said).toMatch(/"form\.too-high",\{"max":\d+\},100000\b/);
});
