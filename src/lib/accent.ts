/** The company's colour, in place of evergreen: the same hue everywhere, as light or dark as reading it needs. */
import { contrast, fromOklch, toOklch, type Oklch } from './colour';

interface Shade {
  ours: string;
  hover: string;
  /** Text on it. */
  on: string;
  wash: string;
}
export interface Shades {
  light: Shade;
  dark: Shade;
}

/** Ours, as a colour like any other. */
export const EVERGREEN = '#0e5e44';

/** WCAG 2.2, 1.4.3: text that is read. */
export const READABLE = 4.5;

const lch = (l: number, c: number, h: number): Oklch => ({ l, c, h });

/** What text stands on: paper, surface and sunken of app.css. */
export const GROUNDS = {
  light: [lch(0.984, 0.006, 85), lch(1, 0, 0), lch(0.962, 0.009, 85)],
  dark: [lch(0.185, 0.008, 60), lch(0.225, 0.009, 60), lch(0.16, 0.008, 60)],
};

/** The typed colour itself where it can be read, else the nearest lightness that can. */
export function shadesOf(accent: string): Shades {
  const { l, c, h } = toOklch(accent);
  const tint = (most: number) => Math.min(c, most);
  const light = { on: fromOklch(lch(0.99, tint(0.005), h)), wash: fromOklch(lch(0.955, tint(0.022), h)) };
  const dark = { on: fromOklch(lch(0.2, tint(0.03), h)), wash: fromOklch(lch(0.29, tint(0.035), h)) };
  const ours = {
    light: readable(accent, lch(l, c, h), -0.01, [...GROUNDS.light.map(fromOklch), light.wash], light.on),
    // Calmer at night; never darker than evergreen is by day.
    dark: readable(
      null,
      lch(Math.max(l, 0.74), tint(0.13), h),
      0.01,
      [...GROUNDS.dark.map(fromOklch), dark.wash],
      dark.on,
    ),
  };
  return {
    light: { ...light, ours: ours.light, hover: moved(ours.light, -0.06) },
    dark: { ...dark, ours: ours.dark, hover: moved(ours.dark, 0.06) },
  };
}

function readable(given: string | null, from: Oklch, step: number, grounds: string[], on: string): string {
  const fits = (colour: string) =>
    grounds.every((ground) => contrast(colour, ground) >= READABLE) && contrast(on, colour) >= READABLE;
  if (given && fits(given)) return given;
  for (let l = from.l; ; l += step) {
    const colour = fromOklch({ ...from, l: Math.min(1, Math.max(0, l)) });
    if (fits(colour) || l <= 0 || l >= 1) return colour;
  }
}

/** A black or white one moves the other way. */
function moved(colour: string, by: number): string {
  const { l, c, h } = toOklch(colour);
  return fromOklch(lch(l + by < 0.08 || l + by > 0.98 ? l - by : l + by, c, h));
}

/** Hues of a meaning of their own: red says danger; amber, with orange, brown and yellow, says "guests". */
const TAKEN = [
  { meaning: 'red', from: 10, to: 38 },
  { meaning: 'amber', from: 38, to: 118 },
] as const;
/** Below this a colour reads as grey. */
const GREY = 0.045;

export function meaningOf(accent: string): 'red' | 'amber' | null {
  const { c, h } = toOklch(accent);
  if (c < GREY) return null;
  return TAKEN.find(({ from, to }) => h >= from && h < to)?.meaning ?? null;
}

/** As light and strong as the refused one. */
export function nearest(accent: string): string {
  const { l, c, h } = toOklch(accent);
  return fromOklch(lch(l, c, h < 64 ? 4 : 124));
}

/** @param of what it holds for */
export function stylesheet(accent: string, of = ':root:root'): string {
  const { light, dark } = shadesOf(accent);
  const { c, h } = toOklch(accent);
  const rules = [
    ...(['ours', 'hover', 'on', 'wash'] as const).map(
      (name) => `--${name === 'ours' ? name : `ours-${name}`}:light-dark(${light[name]},${dark[name]})`,
    ),
    // The picture beside the login.
    `--ours-hue:${h.toFixed(1)}`,
    `--ours-strength:${Math.min(1, c / 0.085).toFixed(2)}`,
  ];
  return `${of}{${rules.join(';')}}\n`;
}
