import { expect, it } from 'vitest';
import { as } from '../../tests/contexts';
import { makeSpace, makeUser } from '../../tests/factories';
import { invitedWords } from './invited';
import { loadTranslator } from './messages';
import { skippedAt, newsOf, summaryOf } from './server/invitations/summary';

const leftOut = (typed: string) => ({ typed, email: null, result: 'left-out' as const });
const found = (typed: string, result: 'sent' | 'sent-again' | 'already-active') => ({
  ...{ typed, email: typed, result },
});
const outcomes = [
  found('new@partner.example', 'sent'),
  found('again@partner.example', 'sent-again'),
  found('gil@partner.example', 'already-active'),
  leftOut('Sales team'),
];
const skipped = [
  { why: 'again', names: ['again@partner.example'] },
  { why: 'active', names: ['gil@partner.example'] },
  { why: 'left', names: ['Sales team'] },
];

it('all that were not newly invited are named with their reason: it may be somebody whose address was mistyped', async () => {
  const t = await loadTranslator('en');
  const summary = summaryOf(outcomes);
  expect(invitedWords(t, 'en', summary)).toBe(
    '2 invitations are on their way. 1 person is already a guest here. We skipped 1 entry without an e-mail address.',
  );
  expect(summary.skipped).toEqual(skipped);
  const many = Array.from({ length: 500 }, (_, i) => leftOut(`entry ${i}`));
  expect(summaryOf(many).skipped[0]!.names).toHaveLength(500);
  expect(summaryOf([leftOut('x'.repeat(500))]).skipped[0]!.names[0]!.length).toBeLessThan(100);
});

it('the page that a form leads to names them, for its sender alone', async () => {
  const [ava, ben] = [await makeUser(), await makeUser()];
  const spaceId = await makeSpace(ava, {}, [ben]);
  const news = new URLSearchParams(await newsOf(as(ava), spaceId, summaryOf(outcomes)));
  expect(Object.fromEntries(news)).toMatchObject({ done: 'invited', sent: '2', active: '1', left: '1' });
  const token = news.get('skipped');
  expect(await skippedAt(as(ava), spaceId, token)).toEqual(skipped);
  expect(await skippedAt(as(ben), spaceId, token)).toEqual([]);
  expect(await skippedAt(as(ava), spaceId + 1, token)).toEqual([]);
  for (const none of [null, '', 'x', 'x'.repeat(40)])
    expect(await skippedAt(as(ava), spaceId, none)).toEqual([]);
  const plain = await newsOf(as(ava), spaceId, summaryOf([found('new@partner.example', 'sent')]));
  expect(plain).toBe('done=invited&sent=1&active=0&left=0');
});
