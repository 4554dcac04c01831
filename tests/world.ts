/** A small site with every kind of person, requested through the built Worker. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { hashToken } from '../src/lib/server/crypto';
import type { Env } from '../src/lib/server/context';
import * as files from '../src/lib/server/files';
import * as invitations from '../src/lib/server/invitations';
import { loginChallenge } from '../src/lib/server/schema';
import * as threads from '../src/lib/server/threads';
import worker from '../src/worker';
import { as, bindings, DAY, Jar, ORIGIN, testContext } from './contexts';
import { makeAdministrator, makeGuest, makeSpace, makeUser, site } from './factories';
import { invite, invitationOf, joinSpace } from './invitations';
import { login } from './logins';

export const people = ['anonymous', 'half', 'guest', 'foreign', 'user', 'spaceAdmin', 'admin'] as const;
/** Also people with the cookie of a second step that is over. */
export type Who = (typeof people)[number] | 'stale' | 'staleGuest';

export const jars = new Map<Who, Jar>();
const names = new Map<string, string>();

export async function makeWorld(): Promise<void> {
  await site({ setUp: true, siteName: 'Foyer' });
  const [spaceAdmin, guest, foreign, user, admin] = [
    await makeUser(),
    await makeGuest(),
    await makeGuest(),
    await makeUser({ canCreateSpaces: false }),
    await makeAdministrator(),
  ];
  const space = await makeSpace(spaceAdmin);
  await joinSpace(spaceAdmin, space, guest);
  await joinSpace(admin, await makeSpace(admin), foreign);
  const thread = await threads.begin(as(spaceAdmin), space, {
    title: 'Piles',
    body: '',
    requestKey: 'k'.repeat(16),
  });
  await invite(spaceAdmin, space, 'open@partner.example');
  const open = await invitationOf('open@partner.example', space);
  names.set(':space', String(space));
  names.set(':thread', String(thread));
  const ctx = as(spaceAdmin);
  const { id: file } = await files.upload(ctx, space, {
    kind: 'attachment',
    name: 'plan.txt',
    body: new Uint8Array(3),
    size: 3,
  });
  await ctx.commit(files.attach(ctx, space, [file], { threadId: thread, commentId: null }));
  names.set(':file', file);
  names.set(':person', guest.id);
  names.set(':user', user.id);
  names.set(':token', invitations.mailToken(testContext(), open));
  for (const [who, person] of Object.entries({ guest, foreign, user, spaceAdmin, admin }))
    jars.set(who as Who, (await login(person.email)).jar);
  // Half signed in: the password was right, the code is pending.
  const now = Date.now();
  await testContext()
    .db.insert(loginChallenge)
    .values({
      id: hashToken('half'),
      purpose: 'login',
      userId: guest.id,
      codeKey: 'code:none',
      codeExpiresAt: now + DAY,
      createdAt: now,
      expiresAt: now + DAY,
    });
  jars.set('half', new Jar([['foyer-step', 'half']]));
  jars.set('anonymous', new Jar());
  // The cookie of a second step that is over.
  jars.set('stale', new Jar([['foyer-step', 'over']]));
  jars.set('staleGuest', new Jar([...jars.get('guest')!, ['foyer-step', 'over']]));
}

export const address = (at: string) =>
  at.replace(/:(space|thread|file|person|user|token)/g, (name) => names.get(name)!);

export async function ask(
  who: Who,
  path: string,
  init: RequestInit = {},
  env: Env = bindings,
  origin = ORIGIN,
): Promise<Response> {
  const cookie = [...(jars.get(who) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
  const request = new Request(origin + path, {
    redirect: 'manual',
    ...init,
    headers: { host: 'localhost:8787', accept: 'text/html', ...(cookie && { cookie }), ...init.headers },
  });
  const execution = createExecutionContext();
  const response = await worker.fetch!(request as never, env, execution);
  await waitOnExecutionContext(execution);
  return response as unknown as Response;
}
