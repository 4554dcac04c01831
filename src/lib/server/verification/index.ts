/**
 * The second step: a mailed six-digit code that completes a login, or a sign-up through a copied link. KV holds only a
 * keyed hash of the code; D1 counts the attempts and makes sure that it is used once.
 */
export { begin, sendAgain } from './begin';
export { endAll, purge, type Challenge, type Subject } from './challenge';
export { check, type Passed } from './check';
export { reserveMail, type MailReservation } from './mail-budget';
export { pending, type Pending } from './pending';
export { checkSwitch, type Trouble } from './switch';
