/** A mail's headers. Nothing typed can begin a header of its own. */
import { asciiDomain } from '../../../addresses';
import { oneLine } from '../../../text';
import type { OutgoingMail } from './outgoing';

export interface Envelope {
  to: string;
  from: { email: string; name: string };
  subject: string;
  messageId: string;
  headers: Record<string, string>;
}

/** @returns null for an address with control characters, white space or brackets */
export function envelopeOf(mail: OutgoingMail, mailDomain: string): Envelope | null {
  const at = mail.to.lastIndexOf('@');
  const [local, domain] = [mail.to.slice(0, at), asciiDomain(mail.to.slice(at + 1))];
  const senderDomain = asciiDomain(mailDomain);
  if (at < 1 || !domain || !senderDomain || /[\s\p{C}<>()[\]\\,;:"@]/u.test(local)) return null;
  return {
    to: `${local}@${domain}`,
    from: { email: `no-reply@${senderDomain}`, name: oneLine(mail.fromName).replace(/["\\<>]/g, "'") },
    subject: oneLine(mail.subject),
    // RFC 5322 §3.6.4: one mail has one identifier, however often it is sent.
    messageId: `<${mail.id}@${senderDomain}>`,
    headers: {
      // RFC 3834 §5: keeps vacation responders from answering.
      'Auto-Submitted': 'auto-generated',
      ...(mail.resent && { 'X-Foyer-Resent': 'possible-duplicate' }),
      ...(mail.unsubscribe && oneClickUnsubscribe(mail.unsubscribe)),
    },
  };
}

/** RFC 8058 §3.1. Set by us, because MailChannels' own headers would unsubscribe there, not here. */
const oneClickUnsubscribe = (url: string): Record<string, string> =>
  /^https?:\/\/[\w.:/~-]+$/.test(url)
    ? { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
    : {};
