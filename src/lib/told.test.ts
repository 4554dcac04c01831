import { describe, expect, it } from 'vitest';
import { loadTranslator } from './messages';
import { callsIn, toldWords, type Told } from './told';

const t = await loadTranslator('en');
const person = (name: string, guest = false) => ({
  id: name,
  name,
  guest,
  company: guest ? 'Northwind' : '',
});
const told = (...people: Told['people']): Told => ({ who: 'people', people, more: false, others: false });
const words = (of: Told, now: object = {}) => toldWords({ locale: 'en', t }, of, { count: 12, ...now });
const [ann, ben, cho, mia] = [person('Ann'), person('Ben'), person('Cho'), person('Mia Ito', true)];

describe('who will be told, in words', () => {
  it('names two people and counts the others, guests with their company', () => {
    expect(words(told(mia))).toBe('Mia Ito (guest, Northwind) will be notified');
    expect(words(told(ann, ben))).toBe('Ann and Ben will be notified');
    expect(words(told(ann, ben, cho))).toBe('Ann, Ben, and 1 other will be notified');
    expect(words({ ...told(ann, ben, cho), more: true })).toBe(
      'Ann, Ben, and at least 1 others will be notified',
    );
  });

  it('puts those who are named first, and nobody twice', () => {
    expect(words(told(ann, ben), { named: [cho, ben] })).toBe('Cho, Ben, and 1 other will be notified');
  });

  it('says when it is nobody, everybody, or whoever follows the thread', () => {
    expect(words(told())).toMatch(/^Nobody will be notified yet/);
    expect(words(told(ann), { everybody: true })).toBe('Everyone in this space (12) will be notified');
    expect(words(told(), { everybody: true, count: 0 })).toBe('Nobody else is in this space yet.');
    expect(words({ ...told(), others: true })).toBe('Everyone who follows this thread will be notified');
    expect(words({ ...told(ann), others: true })).toBe(
      'Ann and anyone else who follows this thread will be notified',
    );
    expect(words({ ...told(), who: 'readers' })).toBe('Everyone who can read this thread will be notified');
  });
});

describe('what decides whom a text names', () => {
  it('is an @ with what follows, quotations and code; other words change nothing', () => {
    expect(callsIn('Hello > there `x`')).toBe('');
    const calls = callsIn('Hello @Ann, come');
    expect(calls).not.toBe('');
    expect(callsIn('Hello and welcome @Ann, come\nToday.')).toBe(calls);
    for (const other of ['@Ben, come', '> Hello @Ann, come', 'Hello `@Ann, come`', 'Hello ＠Ann, come'])
      expect(callsIn(other), other).not.toBe(calls);
  });
});
