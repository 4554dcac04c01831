/** What may be attached and uploaded: limits that forms, pages and the domain share; sizes in words. */

const MB = 1024 * 1024;

export const fileLimits = {
  /** Files of one comment or thread. */
  count: 5,
  attachment: 50 * MB,
  cover: 5 * MB,
  thumb: 300 * 1024,
  /** Files of a form that is sent without scripts, together. */
  form: 20 * MB,
} as const;

/** "1.4 MB", in the viewer's language. */
export function fileSize(bytes: number, locale: string): string {
  const [unit, value] =
    bytes < 1_000
      ? (['byte', bytes] as const)
      : bytes < 1_000 * 1024
        ? (['kilobyte', bytes / 1024] as const)
        : (['megabyte', bytes / MB] as const);
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: unit === 'byte' ? 'long' : 'short',
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
}
