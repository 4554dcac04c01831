/**
 * Who at the company answers for a guest in a space. It is stored with the membership (`sponsor_id`), and holds only while the rule
 * does: whoever has left, or is deactivated, answers for nobody, without any row being changed.
 */
export { answersIn, invitationsSponsor, sponsorOf } from './rule';
export { found, foundOnSite, offered } from './found';
export { COUNTED, handOver, ofUser } from './hand-over';
export { lost } from './lost';
