export { notify, notifyMentioned } from './notify';
export { countUnread, list, markRead, readThread, setLater, type Shown } from './portal';
export { mailDue } from './mailing';
export { purge } from './purge';
export { unsubscribeUrl } from './unsubscribe-link';
