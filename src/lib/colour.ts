/** Colours as `#rrggbb` and in OKLCH (Ottosson's OKLab), and the contrast of two of them (WCAG 2.2). */

export interface Oklch {
  /** 0 is black, 1 white. */
  l: number;
  /** 0 is grey. */
  c: number;
  /** Degrees. */
  h: number;
}

type Triple = [number, number, number];

const channels = (hex: string): Triple =>
  [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255) as Triple;
const toLinear = (x: number) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
const fromLinear = (x: number) => (x <= 0.0031308 ? x * 12.92 : 1.055 * x ** (1 / 2.4) - 0.055);

/** `#abc`, `ABCDEF`, … as six digits behind a #; null if it is no colour. */
export function parse(typed: string): string | null {
  const digits = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(typed)?.[1];
  if (!digits) return null;
  // Digits have no other case in any language.
  const whole = digits.length === 3 ? [...digits].map((digit) => digit + digit).join('') : digits;
  return hexOf(whole.match(/../g)!.map((pair) => parseInt(pair, 16) / 255) as Triple);
}

const hexOf = (rgb: Triple): string =>
  `#${rgb
    .map((x) =>
      Math.round(x * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;

const luminance = (hex: string): number => {
  const [r, g, b] = channels(hex).map(toLinear) as Triple;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

/** From 1 to 21. */
export function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

export function toOklch(hex: string): Oklch {
  const [r, g, b] = channels(hex).map(toLinear) as Triple;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const b2 = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return {
    l: 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    c: Math.hypot(a, b2),
    h: ((Math.atan2(b2, a) * 180) / Math.PI + 360) % 360,
  };
}

/** A colour that no screen shows becomes greyer until one does. */
export function fromOklch({ l, c, h }: Oklch): string {
  let [low, high] = [0, c];
  if (isShown(linear({ l, c, h }))) low = c;
  else
    for (let i = 0; i < 20; i++) {
      const middle = (low + high) / 2;
      if (isShown(linear({ l, c: middle, h }))) low = middle;
      else high = middle;
    }
  return hexOf(linear({ l, c: low, h }).map((x) => fromLinear(Math.min(1, Math.max(0, x)))) as Triple);
}

const isShown = (rgb: Triple): boolean => rgb.every((x) => x >= -0.0005 && x <= 1.0005);

function linear({ l: lightness, c, h }: Oklch): Triple {
  const [a, b] = [c * Math.cos((h * Math.PI) / 180), c * Math.sin((h * Math.PI) / 180)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}
