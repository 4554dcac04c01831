/** The form of a new space in a large company, on the built worker, without scripts: nothing typed is lost. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import worker from 'sveltekit-worker';
import { beforeAll, expect, test } from 'vitest';
import * as accounts from '../src/lib/server/accounts';
import { as, bindings, ORIGIN, type User } from './contexts';
import { makeGuest, makeUser, site } from './factories';
import { login } from './logins';
import { count, refusal } from './helpers';

let ava: User;
let cookie: string;
const others: User[] = [];

beforeAll(async () => {
  await site({ setUp: true, siteName: 'Foyer' });
  ava = await makeUser({ name: 'Ava Lind' });
  for (let i = 0; i < 60; i++)
    others.push(
      await makeUser({ name: `Person ${i}`, email: `p${String(i).padStart(2, '0')}@large.example` }),
    );
  await makeGuest({ name: 'Person of a guest' });
  await makeUser({ name: 'Person who left', status: 'inactive' });
  const { jar } = await login(ava.email);
  cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
});

async function ask(
  path: string,
  form?: [string, string][],
): Promise<{ status: number; to: string; html: string }> {
  const headers = { host: 'localhost:8787', accept: 'text/html', origin: ORIGIN, cookie };
  const init = form ? { method: 'POST', body: new URLSearchParams(form) } : {};
  const execution = createExecutionContext();
  const request = new Request(ORIGIN + path, { redirect: 'manual', headers, ...init });
  const response = (await worker.fetch!(request as never, bindings, execution)) as unknown as Response;
  await waitOnExecutionContext(execution);
  return {
    status: response.status,
    to: response.headers.get('location') ?? '',
    html: await response.text(),
  };
}

/** The HTML of the input with this name and value. */
const input = (html: string, name: string, value: string) =>
  [...html.matchAll(/<input\b[^>]*>/g)]
    .map(([tag]) => tag)
    .find((tag) => tag.includes(`name="${name}"`) && tag.includes(`value="${value}"`));
const checked = (html: string, name: string, value: string) =>
  /\schecked\b/.test(input(html, name, value) ?? '');

const typed = (...more: [string, string][]): [string, string][] => [
  ['requestKey', 'abcdefghijklmnop'],
  ['template', 'shipped:works'],
  ['name', 'Pier Nine'],
  ['cover', 'reeds'],
  ['blockFollowing', 'on'],
  ['showThreads', 'on'],
  ...more,
];

const isKept = (html: string) => {
  expect(input(html, 'name', 'Pier Nine')).toBeTruthy();
  expect(input(html, 'requestKey', 'abcdefghijklmnop')).toBeTruthy();
  expect(input(html, 'template', 'shipped:works')).toBeTruthy();
  expect(checked(html, 'cover', 'reeds')).toBe(true);
  expect(html).toMatch(/name="blockFollowing"[^>]*\schecked/);
  expect(html).not.toMatch(/name="severalThreads"[^>]*\schecked/);
  expect(html).not.toMatch(/name="showPeople"[^>]*\schecked/);
};

test('thirty colleagues are shown, and a field to look for the others', async () => {
  const { html } = await ask('/spaces/new');
  expect(html.match(/name="members"/g)).toHaveLength(30);
  expect(html).toContain('Find colleagues');
  const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  expect(html).not.toContain('Person of a guest');
  expect(html).not.toContain('Person who left');
});

test('looking for somebody keeps all that was typed and shows whoever is chosen', async () => {
  const [chosen, boss] = [others[55]!, others[58]!];
  const form = typed(['members', chosen.id], ['administrators', boss.id], ['people', 'p57@']);
  const { status, html } = await ask('/spaces/new?template=shipped:works&find', form);
  expect(status).toBe(200);
  isKept(html);
  expect(html.match(/name="members"/g)).toHaveLength(3);
  expect(checked(html, 'members', chosen.id)).toBe(true);
  expect(checked(html, 'members', boss.id)).toBe(false);
  expect(checked(html, 'administrators', boss.id)).toBe(true);
  expect(input(html, 'members', others[57]!.id)).toBeTruthy();
  expect(await count('space')).toBe(0);
});

test('Enter saves, wherever it is pressed, unless another name to search for was typed', async () => {
  const { html } = await ask('/spaces/new');
  // Enter presses the first button of a form.
  const [form] = /<form[^>]*id="form"[\s\S]*?<\/form>/.exec(html)!;
  const [first] = /<button[^>]*>/.exec(form)!;
  expect(first).not.toContain('formaction');
  expect(first).not.toContain('popovertarget');
  const before = await count('space');
  const looking = await ask(
    '/spaces/new?template=shipped:works',
    typed(['people', 'p57@'], ['searched', '']),
  );
  expect(looking.status).toBe(400);
  expect(looking.html).toContain('Here’s who we found');
  isKept(looking.html);
  expect(input(looking.html, 'members', others[57]!.id)).toBeTruthy();
  expect(input(looking.html, 'searched', 'p57@')).toBeTruthy();
  expect(await count('space')).toBe(before);
  const again = typed(['people', 'p57@'], ['searched', 'p57@'], ['members', others[57]!.id]);
  expect((await ask('/spaces/new', again)).status).toBe(303);
  expect(await count('space')).toBe(before + 1);
  // With scripts the form itself does not search.
  const scripted = typed(['people', 'p57@']).map(([name, value]): [string, string] =>
    name === 'requestKey' ? [name, 'abcdefghijklmnoq'] : [name, value],
  );
  expect((await ask('/spaces/new', scripted)).status).toBe(303);
});

test('after an error everything is still there, also people beyond the first thirty', async () => {
  const chosen = others[59]!;
  const form = typed(['members', chosen.id]).map(([name, value]): [string, string] =>
    name === 'name' ? ['name', ' '] : [name, value],
  );
  const { status, html } = await ask('/spaces/new?template=shipped:works', form);
  expect(status).toBe(400);
  expect(checked(html, 'members', chosen.id)).toBe(true);
  expect(checked(html, 'cover', 'reeds')).toBe(true);
  expect(input(html, 'template', 'shipped:works')).toBeTruthy();
});

test('a template that is gone or unknown: the page says so and begins without one', async () => {
  const made = await count('space');
  for (const id of ['shipped:nothing', 'aaaaaaaaaaaaaaaa', '%3Cscript%3E']) {
    const { status, html } = await ask(`/spaces/new?template=${id}`);
    expect(status).toBe(200);
    expect(html).toContain('This template no longer exists');
    expect(html).toMatch(/name="template" value=""/);
  }
  const { status, html } = await ask('/spaces/new', [
    ...typed().filter(([name]) => name !== 'template'),
    ['template', 'shipped:nothing'],
  ]);
  expect(status).toBe(409);
  expect(html).toContain('This template no longer exists');
  expect(await count('space')).toBe(made);
});

test('the form creates the space with its template, members and settings', async () => {
  const form = typed(['members', others[55]!.id], ['administrators', others[58]!.id]).map(
    ([name, value]): [string, string] => (name === 'requestKey' ? [name, 'abcdefghijklmnor'] : [name, value]),
  );
  const { status, to } = await ask('/spaces/new?template=shipped:works', form);
  expect(status).toBe(303);
  const id = Number(to.replace('/spaces/', ''));
  expect(await count('membership', 'space_id = ?', id)).toBe(3);
  expect(await count('membership', 'space_id = ? and administrator = 1', id)).toBe(2);
  expect(await count('space', 'id = ? and block_following = 1 and cover = ?', id, 'reeds')).toBe(1);
  expect(await count('thread', "space_id = ? and title = ''", id)).toBe(1);
});

test('the script’s search finds names and addresses, only for people who may create spaces', async () => {
  const { people, more } = await accounts.colleagues(as(ava), 'PERSON 5');
  // Every typed word, anywhere in name or address.
  const names = others.map((p) => p.name).filter((name) => name.includes('5'));
  expect(people.map((p) => p.name).sort()).toEqual(names.sort());
  expect(more).toBe(false);
  expect((await accounts.colleagues(as(ava), '%')).people).toEqual([]);
  expect((await accounts.colleagues(as(ava), 'x'.repeat(200))).people).toEqual([]);
  expect((await accounts.colleagues(as(ava), 'Ava')).people).toEqual([]);
  const answer = JSON.parse((await ask('/spaces/new/people?search=p57%40')).html);
  expect(answer).toEqual({
    people: [{ id: others[57]!.id, name: 'Person 57', email: 'p57@large.example' }],
    more: false,
  });
  for (const who of [await makeUser({ canCreateSpaces: false }), await makeGuest()])
    await expect(accounts.colleagues(as(who))).rejects.toMatchObject(refusal('forbidden'));
});
