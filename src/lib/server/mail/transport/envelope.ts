/** A mail's headers. Nothing typed can begin a header of its own. */
import { asciiDomain } from '../../../addresses';
import { oneLine } from '../../../text';
import type { OutgoingMail } from './outgoing';

interface Mailbox {
  email: string;
  name: string;
}

export interface Envelope {
  to: string;
  from: Mailbox;
  replyTo: Mailbox | null;
  subject: string;
  messageId: string;
  headers: Record<string, string>;
}

/** @returns null for an address with control characters, white space or brackets */
export function envelopeOf(mail: OutgoingMail, mailDomain: string): Envelope | null {
  const to = asciiAddress(mail.to);
  const senderDomain = asciiDomain(mailDomain);
  if (!to || !senderDomain) return null;
  const replyTo = mail.replyTo && asciiAddress(mail.replyTo.email);
  const threadId = mail.threadId === null ? null : `<thread-${mail.threadId}@${senderDomain}>`;
  return {
    to,
    from: { email: `no-reply@${senderDomain}`, name: phrase(mail.fromName) },
    replyTo: replyTo ? { email: replyTo, name: phrase(mail.replyTo!.name) } : null,
    subject: literal(mail.subject),
    // RFC 5322 §3.6.4: one mail has one identifier, however often it is sent.
    messageId: `<${mail.id}@${senderDomain}>`,
    headers: {
      // RFC 3834 §5: keeps vacation responders from answering.
      'Auto-Submitted': 'auto-generated',
      // All refer to the same mail, which nobody has: the identifiers of real ones are not ours to choose (decision 011).
      ...(threadId && { 'In-Reply-To': threadId, References: threadId }),
      ...(mail.resent && { 'X-Foyer-Resent': 'possible-duplicate' }),
      ...(mail.unsubscribe && oneClickUnsubscribe(mail.unsubscribe)),
    },
  };
}

function asciiAddress(email: string): string | null {
  const at = email.lastIndexOf('@');
  const [local, domain] = [email.slice(0, at), asciiDomain(email.slice(at + 1))];
  return at < 1 || !domain || /[\s\p{C}<>()[\]\\,;:"@]/u.test(local) ? null : `${local}@${domain}`;
}

/** Mail programs decode RFC 2047 words, also inside quotes: what is typed must not say more there than here. */
const literal = (text: string): string => oneLine(text).replaceAll('=?', '= ?');

const phrase = (name: string): string => literal(name).replace(/["\\<>]/g, "'");

/** As a header shows it. */
export const shownMailbox = ({ email, name }: Mailbox): string => (name ? `"${name}" <${email}>` : email);

/** RFC 8058 §3.1. Set by us, because MailChannels' own headers would unsubscribe there, not here. */
const oneClickUnsubscribe = (url: string): Record<string, string> =>
  /^https?:\/\/[\w.:/~-]+$/.test(url)
    ? { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
    : {};
