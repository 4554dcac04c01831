/** When a daily mail comes: at eight in the morning where its reader is, also across a change of the clocks. */

import { usable } from '../../zones';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const HOUR_OF_MAIL = 8;

/** What a clock on the wall of a zone shows at a moment, as if it were UTC. */
function wallClock(zone: string, at: number): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: usable(zone),
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((p) => p.type === type)!.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

/** The next eight o'clock in the morning of a zone that is later than a moment. */
export function nextMorning(zone: string, after: number): number {
  const today = Math.floor(wallClock(zone, after) / DAY) * DAY;
  for (let day = today; ; day += DAY) {
    const wall = day + HOUR_OF_MAIL * 60 * MINUTE;
    // Taken for UTC first; the zone's distance there is right, but where the clocks change in between: once more.
    const near = wall - (wallClock(zone, wall) - wall);
    const at = wall - (wallClock(zone, near) - near);
    if (at > after) return at;
  }
}
