export {
  changeSpaceCreators,
  guestsOfUser,
  list,
  oneUser,
  setActive,
  setPermissions,
  setSpaceCreators,
} from './administration';
export {
  addressTarget,
  askAddress,
  askAddressFor,
  cancelAddress,
  cancelAddressFor,
  confirmAddress,
  judgeAddress,
  openChangeOf,
  purgeAddressChanges,
  resendAddress,
  resendAddressFor,
} from './address';
export { removeAvatar, setAvatar } from './avatar';
export { colleagues } from './colleagues';
export { exported } from './data';
export { beforehand, eraseGuest, eraseSelf, goOn as goOnErasing, judgeErasure } from './erase';
export { checkPassword, enterAgain, finishAgain, finishLogin, login, signOut } from './login';
export { setNotifications, unsubscribe, unsubscribeTarget } from './notifications';
export { endSessionsOf, handCode, mailReset, makeUser, resetUser, setPassword } from './on-behalf';
export { changePassword, judgePassword } from './password';
export { changeProfile, endSessions, endTrust, learnZone, profile, setCompany } from './profile';
export { askReset, purgeResets, reset, resetTarget } from './reset';
export { judgeSetUp, setUp, setUpOpen } from './set-up';
