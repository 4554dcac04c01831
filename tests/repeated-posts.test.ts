/** A post that comes again after it has ended the right to send it leads where the first led, with the same news; on the built worker. */
import { beforeAll, expect, test } from 'vitest';
import * as memberships from '../src/lib/server/memberships';
import { as, ORIGIN } from './contexts';
import { makeSpace, makeUser, site, spaceForm } from './factories';
import { audited } from './helpers';
import { login } from './logins';
import { ask, jars } from './world';

beforeAll(() => site({ setUp: true, siteName: 'Foyer' }));

type Given = { space: number; me: string };
const rows: [
  what: string,
  at: (given: Given) => string,
  fields: (given: Given) => object,
  to: RegExp,
  event: string,
][] = [
  [
    'leaving a space',
    ({ space }) => `/spaces/${space}?/leave`,
    () => ({}),
    /^\/\?done=left&space=\d+$/,
    'space.left',
  ],
  [
    'deleting a space',
    ({ space }) => `/spaces/${space}?/delete`,
    () => ({ typed: spaceForm.name }),
    /^\/\?done=deleted&space=\d+$/,
    'space.deleted',
  ],
  [
    'removing oneself',
    ({ space }) => `/spaces/${space}/settings/members?/remove`,
    ({ me }) => ({ id: me }),
    /^\/\?done=left&space=\d+$/,
    'space.member-removed',
  ],
  [
    'giving one’s own right up',
    ({ space }) => `/spaces/${space}/settings/members?/change`,
    ({ me }) => ({ id: me, administrator: '' }),
    /^\/spaces\/\d+$/,
    'space.member-changed',
  ],
];

const post = (path: string, fields: object) =>
  ask('user', path, {
    method: 'POST',
    body: new URLSearchParams(fields as Record<string, string>),
    headers: { origin: ORIGIN },
  });

test.each(rows)('%s', async (_what, at, fields, to, event) => {
  const [ava, me, stranger] = [await makeUser(), await makeUser(), await makeUser()];
  const space = await makeSpace(ava);
  await memberships.addMember(as(ava), space, me.id, true);
  const given = { space, me: me.id };
  jars.set('user', (await login(me.email)).jar);
  for (let n = 0; n < 3; n++) {
    const answer = await post(at(given), fields(given));
    expect(answer.status).toBe(303);
    const location = answer.headers.get('location')!;
    expect(location).toMatch(to);
    // What it says counts in this browser.
    const says = answer.headers.getSetCookie().some((cookie) => cookie.includes('foyer-news'));
    expect(says).toBe(location.includes('done='));
  }
  expect((await audited(event)).filter(({ space_id }) => space_id === space)).toHaveLength(1);
  // Nobody else learns of it.
  jars.set('user', (await login(stranger.email)).jar);
  expect((await post(at(given), fields({ ...given, me: stranger.id }))).status).toBe(404);
});
