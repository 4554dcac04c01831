/** Who is in a space: add, make administrator, remove, leave. No act of its people leaves a space without an administrator. */
export { addMember, leave, members, removeMember, setAdministrator } from './members';
export { markRead, ofActor, pageOfActor } from './own';
export { accountChanged, allOrdered, join, tidy } from './order';
export { removeGuest } from './guests';
