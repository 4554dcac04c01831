/**
 * Invitations: the whole state machine. invited → accepted | expired | cancelled; expired → invited (resend) |
 * cancelled. Each change is one conditional write, with audit and mail in its batch. An overdue invitation is
 * refused by the clock, whatever the row still says; Cron only writes down what is true already.
 */
export { VALID_FOR, mailToken, type Via } from './links';
export { inviteGuests, inviteUser, MOST_AT_ONCE, resendExpired, type InviteForm, type Outcome } from './send';
export { MOST_A_DAY, MOST_TO_ONE } from './limits';
export { effectOfDomains, takeable, type DomainEffect } from './rule';
export * from './manage';
export * from './arrive';
