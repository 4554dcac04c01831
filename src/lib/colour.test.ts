import { describe, expect, it } from 'vitest';
import { contrast, fromOklch, parse, toOklch } from './colour';

describe('contrast', () => {
  it.each([
    ['#000000', '#ffffff', 21],
    ['#ffffff', '#ffffff', 1],
    // The greys around the limit of WCAG 2.2.
    ['#767676', '#ffffff', 4.54],
    ['#777777', '#ffffff', 4.48],
    ['#ff0000', '#ffffff', 4],
    ['#0000ff', '#ffffff', 8.59],
    ['#ffff00', '#000000', 19.56],
  ])('of %s on %s is %d', (one, other, ratio) => {
    expect(contrast(one, other)).toBeCloseTo(ratio, 1);
    expect(contrast(other, one)).toBe(contrast(one, other));
  });
});

describe('a colour', () => {
  it.each([
    ['#0B5CAD', '#0b5cad'],
    ['0b5cad', '#0b5cad'],
    ['#abc', '#aabbcc'],
    ['ABC', '#aabbcc'],
  ])('is read from %s', (typed, hex) => expect(parse(typed)).toBe(hex));

  it.each(['', '#', '#ab', '#abcd', '#12345g', 'red', 'rgb(0,0,0)', '#0b5cad;}', '#0b5cad\n'])(
    'is not %j',
    (typed) => expect(parse(typed)).toBeNull(),
  );

  it('is the same after OKLCH', () => {
    for (const hex of [
      '#000000',
      '#ffffff',
      '#ff0000',
      '#00ff00',
      '#0000ff',
      '#0b5cad',
      '#808080',
      '#123456',
    ])
      expect(fromOklch(toOklch(hex))).toBe(hex);
  });

  it('has the lightness, chroma and hue that CSS gives it', () => {
    // Computed by Chromium from oklch().
    const { l, c, h } = toOklch('#ff0000');
    expect([l, c, h].map((x) => Number(x.toFixed(3)))).toEqual([0.628, 0.258, 29.234]);
  });

  it('that no screen shows becomes greyer, not another one', () => {
    const shown = toOklch(fromOklch({ l: 0.7, c: 0.4, h: 150 }));
    expect(shown.h).toBeCloseTo(150, 0);
    expect(shown.l).toBeCloseTo(0.7, 2);
    expect(shown.c).toBeLessThan(0.4);
  });
});
