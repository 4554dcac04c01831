import { describe, expect, it } from 'vitest';
import css from '../app.css?raw';
import { EVERGREEN, GROUNDS, meaningOf, nearest, READABLE, shadesOf, stylesheet } from './accent';
import { contrast, fromOklch, toOklch } from './colour';

/** Every corner, edge and middle of what a screen shows. */
const steps = ['00', '33', '66', '99', 'cc', 'ff'];
const all = steps.flatMap((r) => steps.flatMap((g) => steps.map((b) => `#${r}${g}${b}`)));

it('every colour can be read, on every ground, by day and in dark mode', () => {
  for (const accent of all)
    for (const mode of ['light', 'dark'] as const) {
      const shade = shadesOf(accent)[mode];
      for (const ground of [...GROUNDS[mode].map(fromOklch), shade.wash])
        expect(contrast(shade.ours, ground), `${accent} ${mode} on ${ground}`).toBeGreaterThanOrEqual(
          READABLE,
        );
      for (const ours of [shade.ours, shade.hover])
        expect(contrast(shade.on, ours), `${accent} ${mode}, text on ${ours}`).toBeGreaterThanOrEqual(
          READABLE,
        );
    }
});

it('a colour that can be read is shown as it is', () => {
  for (const accent of ['#0b5cad', '#6a1b9a', '#000000', EVERGREEN])
    expect(shadesOf(accent).light.ours).toBe(accent);
});

it('a pale colour is darkened on paper, and keeps its hue', () => {
  const { ours } = shadesOf('#36c5f0').light;
  expect(toOklch(ours).l).toBeLessThan(toOklch('#36c5f0').l);
  expect(toOklch(ours).h).toBeCloseTo(toOklch('#36c5f0').h, -1);
});

it('the grounds are those of app.css', () => {
  const tokens = ['paper', 'surface', 'sunken'].map((name) =>
    [
      ...new RegExp(`--${name}: light-dark\\((.*)\\);`)
        .exec(css)![1]!
        .matchAll(/oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)/g),
    ].map(([, l, c, h]) => ({ l: Number(l) / 100, c: Number(c), h: Number(h) })),
  );
  for (const [i, mode] of (['light', 'dark'] as const).entries())
    for (const [at, ground] of GROUNDS[mode].entries()) {
      const token = tokens[at]![i]!;
      expect(ground.l).toBeCloseTo(token.l, 5);
      expect([ground.c, ground.h]).toEqual([token.c, token.h]);
    }
});

describe('a colour that means something here', () => {
  it.each([
    ['#ff0000', 'red'],
    ['#c62828', 'red'],
    ['#f59e0b', 'amber'],
    ['#e65100', 'amber'],
    ['#99610f', 'amber'],
    ['#ffd700', 'amber'],
    ['#ffff00', 'amber'],
  ])('%s is %s', (accent, meaning) => expect(meaningOf(accent)).toBe(meaning));

  it.each([
    '#0b5cad',
    EVERGREEN,
    '#e20074',
    '#7b1fa2',
    '#00897b',
    '#8bc34a',
    '#000000',
    '#6b6560',
    '#ffffff',
  ])('%s is none', (accent) => expect(meaningOf(accent)).toBeNull());

  it('has a neighbour that means nothing, about as light', () => {
    for (const accent of all.filter(meaningOf)) {
      expect(meaningOf(nearest(accent)), accent).toBeNull();
      expect(toOklch(nearest(accent)).l).toBeCloseTo(toOklch(accent).l, 1);
    }
  });
});

it('the styles hold nothing but numbers and colours', () => {
  for (const accent of all)
    expect(stylesheet(accent)).toMatch(
      /^:root:root\{(--ours[a-z-]*:(light-dark\(#[0-9a-f]{6},#[0-9a-f]{6}\)|[\d.]+);?)+\}\n$/,
    );
});
