/** A login in a browser that has not logged in to this account before: its owner hears of it by mail. */
import { deviceOf } from '../../devices';
import { approximate } from '../../networks';
import { HOUR } from '../../time';
import { today } from '../../zones';
import type { Ctx, Statement } from '../context';
import * as language from '../language';
import * as outbox from '../mail/outbox';
import * as rateLimit from '../rate-limit';
import type { Settings, user } from '../schema';
import * as sessions from '../sessions';

/** Whoever has the password can log in in any number of browsers. */
const MAILS_AN_HOUR = 10;

/** For the batch of the login. Null for a known browser and for the first login of all. */
export async function mailOf(
  ctx: Ctx,
  person: typeof user.$inferSelect,
  site: Settings,
): Promise<{ statement: Statement } | null> {
  if (!site.newBrowserMail || person.loginCount === 0) return null;
  // A new password makes no browser a stranger.
  if (sessions.deviceOwner(ctx) === person.id) return null;
  const of = rateLimit.key(ctx, 'device', `told of new ones: ${person.id}`);
  if (!(await rateLimit.countInWindow(ctx, of, MAILS_AN_HOUR, HOUR)).length) return null;
  return outbox.queue(ctx, {
    to: person.emailOriginal,
    locale: language.ofVisitor(ctx, person),
    message: {
      kind: 'new-sign-in',
      siteName: site.siteName,
      loginName: person.email,
      ...deviceOf(ctx.userAgent),
      ...ctx.place,
      address: approximate(ctx.ip),
      at: ctx.now,
      timeZone: today(person.timeZone) ?? today(person.browserTimeZone) ?? ctx.browserZone,
      url: `${ctx.config.origin}/me#sessions`,
    },
    userId: person.id,
  });
}
