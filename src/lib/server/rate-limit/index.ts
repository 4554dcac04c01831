/**
 * Throttles. Counters rise *before* a password or code is compared, so that a hundred parallel attempts count as a hundred. Keys
 * are keyed hashes: the table holds no readable address.
 */
export { counting, decide, noFailure, succeeded, attemptOf } from './attempt';
export { clientIpGroup, clientIpKey, countClientIp } from './client-ip';
export { key, purge, succeed, type ThrottleKey } from './counter';
export { countInARow, giveBack, lockedUntil } from './lockout';
export { failed, isRepeated, postKey, release } from './post';
export { countChanges, countEach, countInWindow, windowLeft } from './window';
