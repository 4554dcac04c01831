/** Who is in a space. Nobody in it can leave it without an administrator. */
export { addMember, leave, members, removeMember, setAdministrator } from './members';
export { markRead, ofActor, pageOfActor } from './own';
export { accountChanged, allOrdered, join, tidy } from './order';
export { removeGuest } from './guests';
