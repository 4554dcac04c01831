import { expect, it } from 'vitest';
import { randomCode, randomId, randomToken } from './crypto';

it('a token has 200 random bits, an id 80, and none comes twice', () => {
  const tokens = Array.from({ length: 5_000 }, randomToken);
  expect(tokens.every((token) => /^[a-z2-7]{40}$/.test(token))).toBe(true);
  expect(new Set(tokens).size).toBe(5_000);
  expect(Array.from({ length: 100 }, randomId).every((id) => /^[a-z2-7]{16}$/.test(id))).toBe(true);
});

it('a code has six digits, each as likely as another in every place', () => {
  const codes = Array.from({ length: 10_000 }, randomCode);
  expect(codes.every((code) => /^\d{6}$/.test(code))).toBe(true);
  for (let place = 0; place < 6; place++)
    for (const digit of '0123456789') {
      const count = codes.filter((code) => code[place] === digit).length;
      // A thousand is expected; 5.5 standard deviations are 165.
      expect(Math.abs(count - 1_000), `${digit} at ${place}`).toBeLessThan(165);
    }
});
