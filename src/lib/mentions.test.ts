import { describe, expect, it } from 'vitest';
import { fitting, isComplete, typedName } from './mentions';

describe('the beginning of a name', () => {
  it('stands between an @ and the caret, of any width', () => {
    expect(typedName('Hello @Mia')).toEqual({ start: 6, typed: 'Mia' });
    expect(typedName('Hello @Mia Ro')).toEqual({ start: 6, typed: 'Mia Ro' });
    expect(typedName('＠田')).toEqual({ start: 0, typed: '田' });
    expect(typedName('@')).toEqual({ start: 0, typed: '' });
  });

  it('is none in an address, after a blank, on the line before, or too long for a name', () => {
    for (const text of ['mia@north', 'a.@b', '@ Mia', '@Mia\nand', `@${'x'.repeat(61)}`, 'Hello'])
      expect(typedName(text), text).toBeNull();
  });
});

describe('whom it fits', () => {
  const people = [{ name: 'Ben Ärger' }, { name: 'Mia Rossi' }, { name: '田中太郎' }];

  it('anybody whose name holds it, without regard to case and accents', () => {
    expect(fitting(people, 'arg')).toEqual([people[0]]);
    expect(fitting(people, '田')).toEqual([people[2]]);
    expect(fitting(people, '')).toEqual(people);
    expect(fitting(people, 'nobody')).toEqual([]);
  });

  it('however the words of the name are joined, from its beginning', () => {
    expect(fitting(people, 'MiaR')).toEqual([people[1]]);
    expect(fitting(people, 'mia_rossi')).toEqual([people[1]]);
    expect(fitting(people, 'ben.a')).toEqual([people[0]]);
    expect(fitting([{ name: '山田 太郎' }], '山田太')).toHaveLength(1);
    for (const none of ['aross', 'rossimia', '_', '.-']) expect(fitting(people, none), none).toEqual([]);
  });

  it('is settled by a blank behind the whole name', () => {
    expect(isComplete(people, 'mia rossi ')).toBe(true);
    expect(isComplete(people, 'mia rossi')).toBe(false);
    expect(isComplete(people, 'mia ')).toBe(false);
  });
});
