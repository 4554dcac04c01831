/** A new mail is a file here, a row of the table, and a sample (mail/samples). */
import { loadTranslator, type Locale } from '../../../messages';
import { oneLine } from '../../../text';
import { inColours, noBrand, type Brand } from '../layout/brand';
import type { ReplyTo } from '../layout/content';
import { toHtml } from '../layout/html';
import { toText } from '../layout/text';
import { composeAccessChanged, type AccessChangedMail } from './access-changed';
import { composeAccessEnds, type AccessEndsMail } from './access-ends';
import { composeAddressAsked, type AddressAskedMail } from './address-asked';
import { composeAddressChanged, type AddressChangedMail } from './address-changed';
import { composeAddressConfirm, type AddressConfirmMail } from './address-confirm';
import { composeAddressTaken, type AddressTakenMail } from './address-taken';
import { composeCode, type CodeMail } from './code';
import { composeCodeHanded, type CodeHandedMail } from './code-handed';
import type { Compose } from './compose';
import { inOwnWords } from './own-words';
import { composeDigest, type DigestMail } from './digest';
import { composeErased, type ErasedMail } from './erased';
import { composeInvitation, type InvitationMail } from './invitation';
import { composeInvitationOver, type InvitationOverMail } from './invitation-over';
import { composeLinkAsked, type LinkAskedMail } from './link-asked';
import { composeNewSignIn, type NewSignInMail } from './new-sign-in';
import { composeNotification, type NotificationMail } from './notification';
import { composePasswordChanged, type PasswordChangedMail } from './password-changed';
import { composeMadeUser, type MadeUserMail } from './made-user';
import { composeRemoved, type RemovedMail } from './removed';
import { composeReset, type ResetMail } from './reset';
import { senderName } from './sender';
import { composeSponsorLost, type SponsorLostMail } from './sponsor-lost';
import { composeTest, type TestMail } from './test-mail';
import { composeUserInvitation, type UserInvitationMail } from './user-invitation';
import { composeWelcome, type WelcomeMail } from './welcome';

export { defaultInvitation } from './invitation';

/** Mails may wait during a deployment: new fields are optional, and fields keep their names. */
export type MailMessage =
  | InvitationMail
  | UserInvitationMail
  | WelcomeMail
  | CodeMail
  | ResetMail
  | PasswordChangedMail
  | CodeHandedMail
  | NewSignInMail
  | AddressConfirmMail
  | AddressTakenMail
  | AddressAskedMail
  | AddressChangedMail
  | LinkAskedMail
  | MadeUserMail
  | RemovedMail
  | ErasedMail
  | NotificationMail
  | DigestMail
  | TestMail
  | InvitationOverMail
  | SponsorLostMail
  | AccessEndsMail
  | AccessChangedMail;

interface Definition<Message> {
  compose: Compose<Message>;
  /** It contains words of a space, so it is not sent to somebody who has just lost that space. */
  dropWhenRemoved?: true;
  /** Still good days later: after a final failure an administrator may send it again. */
  keepWhenFailed?: true;
}

const table: { [Kind in MailMessage['kind']]: Definition<Extract<MailMessage, { kind: Kind }>> } = {
  invitation: { compose: composeInvitation },
  'user-invitation': { compose: composeUserInvitation },
  welcome: { compose: composeWelcome, keepWhenFailed: true },
  code: { compose: composeCode },
  reset: { compose: composeReset },
  'password-changed': { compose: composePasswordChanged, keepWhenFailed: true },
  'code-handed': { compose: composeCodeHanded, keepWhenFailed: true },
  'new-sign-in': { compose: composeNewSignIn, keepWhenFailed: true },
  'address-confirm': { compose: composeAddressConfirm },
  'address-taken': { compose: composeAddressTaken },
  'address-asked': { compose: composeAddressAsked, keepWhenFailed: true },
  'address-changed': { compose: composeAddressChanged, keepWhenFailed: true },
  'link-asked': { compose: composeLinkAsked, keepWhenFailed: true },
  'invite-over': { compose: composeInvitationOver, keepWhenFailed: true },
  'access-ends': { compose: composeAccessEnds, keepWhenFailed: true },
  'access-changed': { compose: composeAccessChanged, keepWhenFailed: true },
  'sponsor-lost': { compose: composeSponsorLost, keepWhenFailed: true },
  'made-user': { compose: composeMadeUser, keepWhenFailed: true },
  removed: { compose: composeRemoved, keepWhenFailed: true },
  notification: { compose: composeNotification, dropWhenRemoved: true, keepWhenFailed: true },
  digest: { compose: composeDigest, dropWhenRemoved: true, keepWhenFailed: true },
  test: { compose: composeTest },
  erased: { compose: composeErased },
};

export type MailKind = keyof typeof table;

/** In the order of the table. */
export const mailKinds = Object.keys(table) as MailKind[];

export const isMailKind = (word: string): word is MailKind => word in table;

export const keptWhenFailed = (kind: string): boolean => isMailKind(kind) && !!table[kind].keepWhenFailed;

export const droppedWhenRemoved = (Object.keys(table) as MailMessage['kind'][]).filter(
  (kind) => table[kind].dropWhenRemoved,
);

export interface RenderedMail {
  fromName: string;
  replyTo: ReplyTo | null;
  threadId: number | null;
  subject: string;
  text: string;
  html: string;
}

export async function render(
  message: MailMessage,
  locale: Locale,
  brand: Brand = noBrand,
): Promise<RenderedMail> {
  const t = await loadTranslator(locale);
  const siteName = oneLine(message.siteName);
  const { compose } = table[message.kind] as Definition<MailMessage>;
  const content = inOwnWords(message, brand.texts?.[locale], {
    siteName,
    ...compose(message, { t, locale, site: siteName }),
  });
  return {
    fromName: senderName(t, brand.texts?.[locale]?.sender || siteName, content.sender),
    replyTo: content.replyTo ?? null,
    threadId: content.threadId ?? null,
    subject: content.subject,
    text: toText(content, t),
    html: inColours(toHtml(content, locale, t, brand), brand),
  };
}

/** Null for mails that everybody has to get. */
export const unsubscribeLinkOf = (message: MailMessage): string | null =>
  'unsubscribe' in message ? message.unsubscribe : null;
