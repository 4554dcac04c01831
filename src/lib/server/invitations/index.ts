/**
 * Invitations: the whole state machine. invited → accepted | expired | cancelled; expired → invited (resend) |
 * cancelled. Each change is one conditional write, with audit and mail in its batch. An overdue invitation is
 * refused by the clock, whatever the row still says; Cron only writes down what is true already.
 */
export { mailToken } from './links';
export { inviteGuests, inviteUser, resendExpired, type Outcome } from './send';
export { effectOfDomains } from './rule';
export * from './manage';
export * from './accept';
