export { notify, notifyMentioned } from './notify';
export { news } from './news';
export {
  countUnread,
  list,
  markRead,
  open,
  readSpace,
  readThread,
  setLater,
  shownBy,
  type Shown,
} from './portal';
export { mailDue } from './mailing';
export { toldInCompanyOf, toldOf, toldQueries } from './told';
export { purge } from './purge';
export { unsubscribeUrl } from './unsubscribe-link';
