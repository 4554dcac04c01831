/** A space with a thread, its host and two guests, for the tests of files. */
import { afterAll, beforeAll, expect } from 'vitest';
import { randomId } from '../src/lib/server/crypto';
import { file } from '../src/lib/server/schema';
import * as threads from '../src/lib/server/threads';
import { as, bindings, testContext, type User } from './contexts';
import { makeGuest, makeSpace, makeUser } from './factories';
import { joinSpace } from './invitations';

export let host: User;
export let ana: User;
export let bo: User;
export let spaceId: number;
export let threadId: number;

/** Afterwards every object in R2 must belong to a row. */
export function setUpSpace(): void {
  beforeAll(async () => {
    [host, ana, bo] = await Promise.all([makeUser(), makeGuest(), makeGuest()]);
    spaceId = await makeSpace(host);
    await joinSpace(host, spaceId, ana);
    await joinSpace(host, spaceId, bo);
    threadId = await threads.begin(as(host), spaceId, { title: 'Piles', body: '', requestKey: randomId() });
  });
  afterAll(async () => expect(await unknownObjects()).toEqual([]));
}

/** Objects in R2 that belong to no row. */
async function unknownObjects(): Promise<string[]> {
  const rows = await testContext().db.select({ key: file.key }).from(file);
  const known = new Set(rows.flatMap(({ key }) => [key, `${key}-thumb`]));
  return (await objects()).filter((key) => !known.has(key));
}

export const objects = async () => (await bindings.FILES.list({ limit: 1000 })).objects.map(({ key }) => key);
