import { describe, expect, it } from 'vitest';
import { loadTranslator } from './messages';
import { namedIn, toldWords, type Told } from './told';

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
      'Ann, Ben, and more than 1 others will be notified',
    );
  });

  it('puts those who are named first, and nobody twice', () => {
    expect(words(told(ann, ben), { named: [cho, ben] })).toBe('Cho, Ben, and 1 other will be notified');
  });

  it('says when it is nobody, everybody, or whoever follows the thread', () => {
    expect(words(told())).toMatch(/^Nobody will be notified yet/);
    expect(words(told(ann), { everybody: true })).toBe('Everyone in this space (12) will be notified');
    expect(words({ ...told(), others: true })).toBe('Everyone who follows this thread will be notified');
    expect(words({ ...told(ann), others: true })).toBe(
      'Ann and anyone else who follows this thread will be notified',
    );
    expect(words({ ...told(), who: 'readers' })).toBe('Everyone who can read this thread will be notified');
  });
});

describe('whom a text names, as far as the browser can tell', () => {
  const annLee = person('Ann Lee');
  it('is who is written behind an @, the longest name, outside quotations and code', () => {
    const named = (text: string) => namedIn(text, [ann, annLee, ben]).map(({ name }) => name);
    expect(named('Hello @ann lee and ＠Ben')).toEqual(['Ann Lee', 'Ben']);
    expect(named('@Ann, come')).toEqual(['Ann']);
    expect(named('> @Ben said\n\n`@Ann`\n\n```\n@Ann Lee\n```\n')).toEqual([]);
    expect(named('mail@ben.example')).toEqual([]);
  });
});
