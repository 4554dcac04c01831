/** Daily mails are sent at eight in the reader's zone, also when the clocks change. */

import { DAY, HOUR } from '../../time';
import { kept } from '../../kept';
import { usable } from '../../zones';

const HOUR_OF_MAIL = 8;

const clock = kept(
  (zone) =>
    new Intl.DateTimeFormat('en-US', {
      timeZone: usable(zone),
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    }),
);

/** A zone's local time, as if it were UTC. */
function wallClock(zone: string, at: number): number {
  const parts = clock(zone).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((p) => p.type === type)!.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

export function nextMorning(zone: string, after: number): number {
  const today = Math.floor(wallClock(zone, after) / DAY) * DAY;
  for (let day = today; ; day += DAY) {
    const wall = day + HOUR_OF_MAIL * HOUR;
    // First as UTC, then corrected by the zone's offset; twice, in case the clocks change in between.
    const near = wall - (wallClock(zone, wall) - wall);
    const at = wall - (wallClock(zone, near) - near);
    if (at > after) return at;
  }
}
