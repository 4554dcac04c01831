import { expect, it } from 'vitest';
import { invitedWords } from './invited';
import { loadTranslator } from './messages';
import { summaryOf } from './server/invitations/summary';

const leftOut = (typed: string) => ({ typed, email: null, result: 'left-out' as const });

it('what was skipped is named: it may be somebody whose address was mistyped', async () => {
  const t = await loadTranslator('en');
  const said = (typed: string[]) => invitedWords(t, 'en', summaryOf(typed.map(leftOut)));
  expect(said(['not-an-address'])).toBe(
    'We skipped 1 entry without an e-mail address. Skipped: not-an-address.',
  );
  const many = Array.from({ length: 12 }, (_, i) => `entry ${i}`);
  expect(said(many)).toMatch(/Skipped: entry 0, .*, entry 9 and 2 more\.$/);
  expect(said(['x'.repeat(500)]).length).toBeLessThan(200);
});
