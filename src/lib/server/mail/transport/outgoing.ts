/** A mail for a transport, and its outcome. */
import type { Statement } from '../../context';

export interface OutgoingMail {
  /** The id of its outbox row. */
  id: string;
  /** The address as it was typed; its domain is sent in ASCII. */
  to: string;
  fromName: string;
  subject: string;
  text: string;
  html: string;
  /** An earlier try had an unknown outcome, so this may be a duplicate, and is marked as one. */
  resent: boolean;
  /** The reader's link that stops mails of this kind. */
  unsubscribe?: string | null;
}

export type RetryReason = 'unreachable' | 'throttled' | 'server-error';
export type FailReason = 'rejected' | 'config';

export type Outcome =
  /** `statements`: to be written in the same batch as the delivery mark. */
  | { outcome: 'sent'; statements?: Statement[] }
  /** Certainly not sent; another try may help. */
  | { outcome: 'retry'; reason: RetryReason; detail: string; afterMs?: number }
  /** Certainly not sent; another try would not help. */
  | { outcome: 'failed'; reason: FailReason; detail: string }
  /** Nobody knows: the connection or our patience ended while it was on its way. */
  | { outcome: 'unknown'; detail: string };
