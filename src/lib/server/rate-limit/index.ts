/** Counters rise before the comparison, so a hundred parallel attempts count. Keys are hashes: no address is readable. */
export { counting, decide, noFailure, succeeded, attemptOf } from './attempt';
export { clientIpGroup, clientIpKey, countClientIp } from './client-ip';
export { key, purge, succeed, type ThrottleKey } from './counter';
export { countInARow, giveBack, lockedUntil } from './lockout';
export { failed, isRepeated, postKey, release } from './post';
export { countChanges, countEach, countInWindow, windowLeft } from './window';
