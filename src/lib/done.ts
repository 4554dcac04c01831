/** What is announced once a form was accepted, where the page itself says nothing: by the form's action. */
import type { MessageKey, Translate } from './messages';

type Words = MessageKey | { on: MessageKey; off: MessageKey };

/** Null: the pressed state of its button says it. */
const done: Record<string, Words | null> = {
  add: 'done.add',
  archive: { on: 'done.archive', off: 'done.unarchive' },
  become: 'done.become',
  change: 'done.change',
  close: { on: 'done.close', off: 'done.reopen' },
  comment: 'done.comment',
  company: 'done.save',
  delete: 'done.delete',
  edit: 'done.save',
  follow: { on: 'done.follow', off: 'done.unfollow' },
  greeted: 'done.greeted',
  hello: null,
  later: null,
  mark: 'done.read',
  markAll: 'done.read',
  mute: { on: 'done.mute', off: 'done.unmute' },
  open: 'done.open',
  pin: { on: 'done.pin', off: 'done.unpin' },
  presence: { on: 'done.presence', off: 'done.presence-off' },
  react: null,
  tick: null,
  read: 'done.read',
  remove: 'done.remove',
  '/new-thread': 'done.thread',
  '/spaces/new': 'done.space',
};

/** `?/pin`, or the page of a form that has no other action. */
const nameOf = ({ pathname, searchParams }: URL): string =>
  [...searchParams.keys()].find((key) => key.startsWith('/'))?.slice(1) ??
  /\/(?:new-thread|spaces\/new)$/.exec(pathname)?.[0] ??
  '';

/** Null if there is nothing to be said. */
export function doneWords(t: Translate, action: URL, sent: FormData): string | null {
  const words = done[nameOf(action)] ?? null;
  if (words === null || typeof words === 'string') return words && t(words);
  return t(sent.get('on') ? words.on : words.off);
}
