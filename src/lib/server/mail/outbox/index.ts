/** The outbox: mail is written in the batch of its cause. The row is the truth, the queue a nudge, cron the safety net. */
export { readBrand } from './brand';
export { purge, sendDue } from './cron';
export { deliver, deliverMany } from './deliver';
export {
  adopt,
  dropOfInvitations,
  dropOfRemoved,
  dropOfSpace,
  dropReplaced,
  dropWaiting,
  forget,
  nudge,
  queue,
  queueMany,
  redirect,
  requeue,
  type QueuedMail,
} from './queue';
export { waiting, sentSince } from './amounts';
export { bounced, delivered } from './reports';
export { deliveryState, failureKey, works } from './state';
