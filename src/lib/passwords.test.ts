import { describe, expect, test } from 'vitest';
import { lacking, strengthOf } from './passwords';

const documented = { minLength: 3, maxLength: 64, composition: true, refuseCommon: false };
const hardened = { minLength: 12, maxLength: 128, composition: false, refuseCommon: true };

describe('a password that is being typed', () => {
  test.each([
    [hardened, 'a', { key: 'password.more', params: { count: 11 } }],
    [hardened, 'eleven char', { key: 'password.more', params: { count: 1 } }],
    [hardened, 'twelve chars', { key: 'password.long-enough' }],
    [documented, 'abc', { key: 'password.letter-and-digit' }],
    [documented, 'あ２あ', { key: 'password.enough' }],
    [documented, `1${'a'.repeat(64)}`, { key: 'password.too-long', params: { max: 64 } }],
    // Code points, as the server counts them.
    [hardened, '🔑'.repeat(11), { key: 'password.more', params: { count: 1 } }],
  ])('%#: is told what it lacks, or that it is enough', (rules, typed, said) => {
    expect(strengthOf(rules, typed)).toEqual(said);
  });

  test('is told that it is enough only if the server accepts it, but for common ones', () => {
    expect(lacking(hardened, 'twelve chars')).toBeNull();
    expect(lacking(hardened, 'eleven char')).toEqual({ key: 'password.too-short', params: { min: 12 } });
  });
});
