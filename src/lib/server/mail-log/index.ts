/** The page "Mail": what waits and failed, sending it again, and a test. The outbox itself (mail/outbox) knows no permissions. */
export { overview, type FailedMail } from './list';
export { apply, receive } from './reports';
export { sendAgain, sendAllAgain } from './send-again';
export { changeText, judgeText, previewText, previewed, textPage } from './texts';
export { sendTest, testOutcome } from './test-mail';
