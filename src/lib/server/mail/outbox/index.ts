/**
 * The outbox: a mail is written in the same batch as the change that causes it, and delivered afterwards. The row is
 * the truth, the queue only a nudge, cron the safety net. A mail's props are sealed, and erased once it is delivered.
 */
export { purge, sendDue } from './cron';
export { deliver, deliverMany } from './deliver';
export { dropWaiting, nudge, nudgeMany, queue, queueMany, type QueuedMail } from './queue';
export { deliveryState, failureKey, works } from './state';
