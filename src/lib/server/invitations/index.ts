/**
 * Invitations: the whole state machine. invited → accepted | expired | cancelled; expired → invited (resend) |
 * cancelled. Each change is one conditional write, with audit and mail in its batch. An overdue invitation is
 * refused by the clock, whatever the row still says; Cron only writes down what is true already.
 */
export { VALID_FOR, mailToken, type Via } from './links';
export { inviteGuests, inviteUser, MOST_AT_ONCE, type InviteForm, type Outcome } from './send';
export * from './manage';
export * from './arrive';
