/** What a button says while its form is on its way: its own verb, found by its label. */
import type { MessageKey, Translate } from '../messages';

type Pending = Extract<MessageKey, `pending.${string}`>;

/** Every button of a form that scripts send. The last row is for those whose verb has no such form. */
export const pending: Record<Pending, readonly MessageKey[]> = {
  'pending.saving': [
    'action.save',
    'audit.keep-submit',
    'appearance.submit',
    'authentication.submit',
    'avatar.submit',
    'first-sight.company-submit',
    'guest-admin.password-submit',
    'me.submit',
    'permissions.submit',
    'security.submit',
    'version.submit',
  ],
  'pending.sending': [
    'guest-admin.mail-reset',
    'guests.resend',
    'import.send',
    'guests.resend-all',
    'invite.send',
    'mail-admin.again',
    'mail-admin.all-again',
    'mail-admin.test-submit',
    'me.email-again',
    'me.email-submit',
    'renewal.ask',
    'users.invite-submit',
    'users.open-resend',
  ],
  'pending.posting': ['comment.submit', 'thread.post'],
  'pending.adding': ['members.add'],
  'pending.applying': ['notify.mail-submit'],
  'pending.appointing': ['space-admin.appoint-submit'],
  'pending.archiving': ['space.archive'],
  'pending.cancelling': ['guest-admin.address-cancel', 'me.email-cancel', 'users.cancel-submit'],
  'pending.changing': [
    'audit.keep-change',
    'me.password-submit',
    'guest-admin.make-user',
    'members.demote',
    'members.promote',
    'users.edit-submit',
  ],
  'pending.closing': ['first-invitation.later'],
  'pending.copying': ['guests.copy'],
  'pending.deactivating': ['users.deactivate'],
  'pending.deleting': [
    'erase.submit',
    'guest-admin.erase',
    'guests.delete',
    'space.delete',
    'template.delete',
    'text.delete',
  ],
  'pending.extending': ['renewal.extend'],
  'pending.following': ['thread.follow'],
  'pending.hiding': ['template.hide'],
  'pending.importing': ['template.import'],
  'pending.leaving': ['space.leave'],
  'pending.logging-out': ['guest-admin.end-all', 'me.session-end', 'me.sessions-end-submit', 'me.sign-out'],
  'pending.opening': [
    'erase.to-users',
    'first-invitation.own',
    'appearance.preview',
    'composer.preview',
    'mail-texts.preview',
    'first-sight.write',
    'space.only-administrator-submit',
    'space.start-other',
  ],
  'pending.reactivating': ['users.reactivate'],
  'pending.removing': ['avatar.remove', 'guests.dismiss', 'members.remove'],
  'pending.restoring': ['space-admin.restore'],
  'pending.searching': ['space.find-people-submit'],
  'pending.showing': ['mail-admin.show', 'opening.open', 'template.show'],
  'pending.unfollowing': ['thread.unfollow'],
  'pending.working': [
    'audit.verify',
    'first-sight.done',
    'import.check',
    'import.read',
    'many.continue',
    'notify.mark-all',
    'notify.unmute',
    'presence.turn-off',
    'presence.turn-on',
    'security.unlock',
    'space-admin.become',
    'space.mark-read',
    'space.unarchive',
  ],
};

export function pendingWord(t: Translate, label: string): string {
  const [found = 'pending.working'] =
    Object.entries(pending).find(([, labels]) => labels.some((key) => t(key) === label)) ?? [];
  return t(found as Pending);
}
