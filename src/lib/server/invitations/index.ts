/**
 * invited → accepted | declined | expired | cancelled; declined → cancelled; expired → invited (resend) | cancelled. Each change is one conditional write, and the
 * clock refuses an overdue invitation, whatever its row says.
 */
export * from './ask-again';
export { importUsers, judgeImport } from './import';
export { decline, declinedAddress } from './decline';
export { askerAddress, dismissAsker } from './askers';
export { effectOfDomains } from './domains';
export * from './expire';
export { inviteGuests, judgeAddresses, resendExpired, type Outcome } from './guests';
export * from './join';
export { mailToken } from './links';
export * from './list';
export * from './manage';
export * from './sign-up';
export { languageOf, stateOf } from './state';
export { newsOf, refusedAddresses, skippedAt, summaryOf } from './summary';
export { overMail } from './over';
export { inviteUser, judgeUser } from './users';
export { readyWords } from './words';
