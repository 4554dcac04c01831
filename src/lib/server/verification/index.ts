/** A mailed six-digit code, or one of eight digits from an administrator. KV holds only keyed hashes of them; D1 counts attempts and uses it once. */
export { endStep, passedAgain } from './again';
export { begin, sendAgain } from './begin';
export { endAll, purge } from './challenge';
export { check, type Passed } from './check';
export { needsCode } from './needed';
export { reserveMail } from './mail-budget';
export { pending } from './pending';
export { endTrust, purgeTrust, skip, trust, trustEnds, trustedOf } from './trusted';
export { handedUntil, makeHanded, purgeHanded } from './handed';
export { lockoutRisk, warnBeforeTwoStep, type LockoutRisk } from './switch';
