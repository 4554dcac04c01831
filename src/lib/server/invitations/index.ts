/**
 * Invitations: the whole state machine. invited → accepted | expired | cancelled; expired → invited (resend) | cancelled.
 * Each change is one conditional write, with audit and mail in its batch. An overdue invitation is refused by the clock,
 * whatever its row says; cron only writes it down.
 */
export * from './ask-again';
export * from './expire';
export { inviteGuests, resendExpired, type Outcome } from './guests';
export * from './join';
export { mailToken } from './links';
export * from './list';
export * from './manage';
export { effectOfDomains } from './rule';
export * from './sign-up';
export { languageOf, stateOf } from './state';
export { inviteUser } from './users';
