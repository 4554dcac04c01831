/** How long sessions last: one rule for requests, sockets and lists. It counts for sessions that exist, too. */
import { sql, type SQL } from 'drizzle-orm';
import { MINUTE } from '../time';
import type { Actor } from './context';
import { storedNumber, type Settings } from './schema';

/** In milliseconds. */
export const limitsOf = (site: Settings, kind: Actor['kind']): { idle: number; absolute: number } => ({
  idle: site[`${kind}Idle`] * MINUTE,
  absolute: site[`${kind}Absolute`] * MINUTE,
});

const limit = (which: 'Idle' | 'Absolute'): SQL =>
  sql`${MINUTE} * case user.kind when 'guest' then ${storedNumber(`guest${which}`)} else ${storedNumber(`user${which}`)} end`;

/** SQL, for rows of `session` with their `user`: within the limits that it began with, and those of now. */
export const lasts = (now: number): SQL =>
  sql`(session.absolute_expires_at > ${now} and session.expires_at > ${now}
    and session.created_at + ${limit('Absolute')} > ${now} and session.last_seen_at + ${limit('Idle')} > ${now})`;
