/** Who is in a space. Nobody in it can leave it without an administrator. */
export {
  addMember,
  hasDemotedThemselves,
  hasEnded,
  hasLeft,
  hasRemovedThemselves,
  leave,
  members,
  removeMember,
  setAdministrator,
} from './members';
export { endGreeting, markRead, mute, ofActor, pageOfActor } from './own';
export { endAll } from './end-all';
export { asUser, join } from './join';
export { accountChanged, allOrdered, tidy } from './order';
export { removeGuest, removeGuestForSite } from './guests';
export { endOverdue, remindOfEnd } from './ending';
export {
  accessOf,
  ASK_BEFORE,
  askRenewal,
  declineRenewal,
  endedOfActor,
  extend,
  forgetEnded,
  pageOfEnded,
} from './renewal';
export { changeTerms, changeTermsForSite, defaultDay, endOf, terms, termsForSite } from './terms';
