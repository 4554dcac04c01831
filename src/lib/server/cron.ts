/** Runs every minute. Each step is idempotent and bounded, and continues where it stopped. */
import * as accounts from './accounts';
import * as auditLog from './audit-log';
import * as changes from './changes';
import type { Ctx } from './context';
import * as files from './files';
import * as folded from './folded';
import * as guests from './guests';
import * as invitations from './invitations';
import { log } from './log';
import * as outbox from './mail/outbox';
import * as memberships from './memberships';
import * as notifications from './notifications';
import * as overview from './overview';
import * as rateLimit from './rate-limit';
import * as search from './search';
import * as sessions from './sessions';
import * as trash from './trash';
import * as verification from './verification';

export async function run(ctx: Ctx): Promise<void> {
  const steps: [string, () => Promise<unknown>][] = [
    ['expire invitations', () => invitations.expireOverdue(ctx)],
    ['end access', () => memberships.endOverdue(ctx)],
    ['remind of access that ends', () => memberships.remindOfEnd(ctx)],
    ['write notification mail', () => notifications.mailDue(ctx)],
    ['send stuck mail', () => outbox.sendDue(ctx)],
    [
      'purge',
      () =>
        ctx.commit([
          verification.purge(ctx),
          verification.purgeTrust(ctx),
          verification.purgeHanded(ctx),
          sessions.purge(ctx),
          accounts.purgeResets(ctx),
          accounts.purgeAddressChanges(ctx),
          rateLimit.purge(ctx),
          changes.purge(ctx),
          notifications.purge(ctx),
          guests.many.purgeRuns(ctx),
          ...memberships.tidy(ctx),
        ]),
    ],
    ['purge mail', () => outbox.purge(ctx)],
    ['empty the trash', () => trash.purge(ctx)],
    ['fold names', () => folded.foldDue(ctx)],
    ['rebuild the search index', () => search.rebuild(ctx)],
    ['erase people', () => accounts.goOnErasing(ctx)],
    ['seal the audit', () => auditLog.seal(ctx)],
    ['remove old entries of the audit', () => auditLog.removeOld(ctx)],
    ['purge files', () => files.purge(ctx)],
    ['count for the overview', () => overview.countMore(ctx)],
  ];
  for (const [name, step] of steps) await step().catch((error) => log(`cron: ${name} failed`, error));
}
