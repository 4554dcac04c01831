/** What a chat shows of a link: something general about the host, and nothing about the space, its people or the link. */
import { beforeAll, expect, test } from 'vitest';
import { ORIGIN } from './contexts';
import { dump } from './helpers';
import { address, ask, makeWorld } from './world';

beforeAll(makeWorld);

const tagsOf = async (path: string) =>
  [
    ...(await (await ask('anonymous', address(path))).text()).matchAll(
      /<meta (?:property|name)="(og:|twitter:|description)[^>]*>/g,
    ),
  ]
    .map(([tag]) => tag)
    .join('\n');

test('a link is previewed the same whether it is good, unknown or cut short', async () => {
  const good = await tagsOf('/signup/:token');
  expect(good).toContain('An invitation from Foyer');
  expect(good).toContain(`${ORIGIN}/icon-512.png`);
  for (const other of ['/signup/nobody', `/signup/${'a'.repeat(48)}`, '/signup'])
    expect(await tagsOf(other), other).toBe(good);
  // Neither the address of the page, nor whose it is.
  expect(good).not.toMatch(/signup|partner\.example/);
});

test('the login is previewed with the name of the site', async () => {
  expect(await tagsOf('/login')).toContain('content="Foyer"');
});

test('a preview changes nothing', async () => {
  const before = await dump();
  await tagsOf('/signup/:token');
  expect(await dump()).toEqual(before);
});
