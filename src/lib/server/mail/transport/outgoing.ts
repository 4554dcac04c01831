import type { Statement } from '../../context';
import type { RenderedMail } from '../messages';

export interface OutgoingMail extends RenderedMail {
  id: string;
  /** As typed; the domain is sent in ASCII. */
  to: string;
  /** An earlier try had an unknown outcome: this may be a duplicate, and says so. */
  resent: boolean;
  unsubscribe?: string | null;
}

export type RetryReason = 'unreachable' | 'throttled' | 'server-error';
export type FailReason = 'rejected' | 'config';

export type Outcome =
  /** `statements` go into the batch of the delivery mark. */
  | { outcome: 'sent'; statements?: Statement[] }
  /** Certainly not sent; retrying may help. */
  | { outcome: 'retry'; reason: RetryReason; detail: string; afterMs?: number }
  /** Certainly not sent; retrying would not help. */
  | { outcome: 'failed'; reason: FailReason; detail: string }
  /** The connection or our patience ended while it was on its way. */
  | { outcome: 'unknown'; detail: string };
