import { expect, it } from 'vitest';
import { bindings, testContext } from '../../../tests/contexts';
import * as aside from './aside';

const failing = { get: () => fail(), put: () => fail(), delete: () => fail() } as unknown as KVNamespace;
const fail = () => Promise.reject(new Error('KV is down'));

it('is found again by its token, for its purpose alone', async () => {
  const ctx = testContext();
  const token = (await aside.put(ctx, 'skipped', 'Mia', 60))!;
  expect(await aside.get(ctx, 'skipped', token)).toBe('Mia');
  expect(await aside.get(ctx, 'held', token)).toBeNull();
  expect(await aside.get(ctx, 'skipped', 'another')).toBeNull();
});

it('is done without where KV fails: what people were doing goes on', async () => {
  const ctx = testContext({ env: { ...bindings, KV: failing } });
  expect(await aside.put(ctx, 'held', 'typed', 60)).toBeNull();
  expect(await aside.get(ctx, 'held', 'token')).toBeNull();
});
