/** Counters rise before the comparison, so a hundred parallel attempts count. Keys are hashes: no address is readable. */
export { counting, decide, settleNeutral, settleSuccess, attemptOf } from './attempt';
export { clientIpGroup, clientIpKey, countClientIp } from './client-ip';
export { key, purge, reset, type ThrottleKey } from './counter';
export { countInARow, lockedUntil, locksOut, refund, release } from './lockout';
export { carriedOut, failed, isRepeated, onlyOnce, postKey, forgetPost, wasCarriedOut } from './post';
export { countChanges, countEach, countInWindow, windowLeft } from './window';
