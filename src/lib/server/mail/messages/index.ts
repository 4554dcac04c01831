/** A new mail is a file here, a row of the table, and a sample (mail/samples). */
import { loadTranslator, type Locale } from '../../../messages';
import { oneLine } from '../../../text';
import type { MailContent } from '../layout/content';
import { toHtml } from '../layout/html';
import { toText } from '../layout/text';
import { composeCode, type CodeMail } from './code';
import type { Compose } from './compose';
import { composeDigest, type DigestMail } from './digest';
import { composeInvitation, type InvitationMail } from './invitation';
import { composeLinkAsked, type LinkAskedMail } from './link-asked';
import { composeNotification, type NotificationMail } from './notification';
import { composePasswordChanged, type PasswordChangedMail } from './password-changed';
import { composeRemoved, type RemovedMail } from './removed';
import { composeReset, type ResetMail } from './reset';
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
  | LinkAskedMail
  | RemovedMail
  | NotificationMail
  | DigestMail;

const table: { [Kind in MailMessage['kind']]: Compose<Extract<MailMessage, { kind: Kind }>> } = {
  invitation: composeInvitation,
  'user-invitation': composeUserInvitation,
  welcome: composeWelcome,
  code: composeCode,
  reset: composeReset,
  'password-changed': composePasswordChanged,
  'link-asked': composeLinkAsked,
  removed: composeRemoved,
  notification: composeNotification,
  digest: composeDigest,
};

export interface RenderedMail {
  subject: string;
  text: string;
  html: string;
}

export async function render(message: MailMessage, locale: Locale): Promise<RenderedMail> {
  const t = await loadTranslator(locale);
  const siteName = oneLine(message.siteName);
  const compose = table[message.kind] as Compose<MailMessage>;
  const content: MailContent = { siteName, ...compose(message, { t, locale, site: siteName }) };
  return { subject: content.subject, text: toText(content, t), html: toHtml(content, locale, t) };
}

/** Null for mails that everybody has to get. */
export const unsubscribeLinkOf = (message: MailMessage): string | null =>
  'unsubscribe' in message ? message.unsubscribe : null;
