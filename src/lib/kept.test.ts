import { describe, expect, it } from 'vitest';
import { kept } from './kept';

describe('what is kept', () => {
  it('is made once for the same words, whatever it is', () => {
    let made = 0;
    const of = kept((...words: string[]) => (made++, words.length > 1 ? words.join() : null));
    expect([of('a'), of('a'), of('a', 'b'), of('a', 'b')]).toEqual([null, null, 'a,b', 'a,b']);
    expect(made).toBe(2);
  });
  it('never grows beyond its bound', () => {
    let made = 0;
    const of = kept((word: string) => word + made++, 2);
    for (const word of ['a', 'b', 'c', 'c']) of(word);
    expect(made).toBe(3);
    expect(of('a')).toBe('a3');
  });
});
