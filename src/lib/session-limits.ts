/** After how many minutes a session may end: without use, and in any case. */
import type { MessageKey } from './messages';

const [HOUR, DAY] = [60, 24 * 60];

export const idleLimits = [
  15,
  30,
  HOUR,
  4 * HOUR,
  8 * HOUR,
  12 * HOUR,
  DAY,
  3 * DAY,
  7 * DAY,
  14 * DAY,
  30 * DAY,
];
export const absoluteLimits = [
  4 * HOUR,
  8 * HOUR,
  12 * HOUR,
  DAY,
  7 * DAY,
  14 * DAY,
  30 * DAY,
  60 * DAY,
  90 * DAY,
];

/** "14 days" */
export function duration(minutes: number): { key: MessageKey; params: { count: number } } {
  const [key, unit]: [MessageKey, number] =
    minutes % DAY === 0
      ? ['security.days', DAY]
      : minutes % HOUR === 0
        ? ['security.hours', HOUR]
        : ['security.minutes', 1];
  return { key, params: { count: minutes / unit } };
}
