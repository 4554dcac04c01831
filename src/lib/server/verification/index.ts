/** A mailed six-digit code. KV holds only a keyed hash of it; D1 counts attempts and uses it once. */
export { endStep, passedAgain } from './again';
export { begin, sendAgain } from './begin';
export { endAll, purge } from './challenge';
export { check, type Passed } from './check';
export { reserveMail } from './mail-budget';
export { pending } from './pending';
export { lockoutRisk, warnBeforeTwoStep, type LockoutRisk } from './switch';
