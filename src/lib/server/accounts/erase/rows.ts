/** What is personal outside of the account, in bounded pieces that can be repeated. `erase.test.ts` has a line for each column of each table. */
import { sql, type SQL } from 'drizzle-orm';
import type { Erased } from '../../../erased';
import type { Ctx, Statement } from '../../context';
import * as files from '../../files';
import * as outbox from '../../mail/outbox';

/** Rows of each kind in one batch. */
const PIECE = 1_000;

/** Behind the statement that erased them. */
export const counted = (ctx: Ctx, userId: string, what: Erased): Statement =>
  ctx.db.run(sql`
    update erasure set counts = json_set(counts, ${`$.${what}`}, coalesce(counts ->> ${`$.${what}`}, 0) + changes())
    where user_id = ${userId} and changes() > 0`);

const gone = (ctx: Ctx, table: string, which: SQL): Statement =>
  ctx.db.run(sql`delete from ${sql.raw(table)} where rowid in
    (select rowid from ${sql.raw(table)} where ${which} limit ${PIECE})`);

/** For a batch. @returns also what says afterwards whether there is more */
export function piece(
  ctx: Ctx,
  userId: string,
): { statements: Statement[]; isMore: (changes: (of: Statement) => number) => boolean } {
  const own = sql`user_id = ${userId}`;
  const steps: [Erased, Statement][] = [
    ['sessions', gone(ctx, 'session', own)],
    ['notifications', gone(ctx, 'notification', own)],
    // That they came or went; news of what they wrote leads to their posts.
    ['notifications', gone(ctx, 'notification', sql`actor_id = ${userId} and kind in ('join', 'leave')`)],
    ['readings', gone(ctx, 'thread_person', own)],
    ['reactions', gone(ctx, 'reaction', own)],
    // Cron deletes them from R2. Files in posts stay with them.
    ['pictures', files.releaseOf(ctx, userId, 'pictures', PIECE)],
    ['uploads', files.releaseOf(ctx, userId, 'uploads', PIECE)],
  ];
  return {
    statements: [
      ctx.db.run(sql`delete from login_challenge where ${own}`),
      ctx.db.run(sql`delete from trusted_browser where ${own}`),
      ctx.db.run(sql`delete from handed_code where ${own}`),
      ctx.db.run(sql`delete from password_reset where ${own}`),
      ctx.db.run(sql`delete from throttle where ${own}`),
      ctx.db.run(sql`delete from address_change where ${own}`),
      ctx.db.run(sql`delete from acceptance where ${own}`),
      ...steps.flatMap(([what, statement]) => [statement, counted(ctx, userId, what)]),
      // Of the last month; the last mail of all is written later.
      ...outbox.forget(ctx, sql`mail.user_id = ${userId} and mail.kind <> 'erased'`),
      counted(ctx, userId, 'mails'),
    ],
    isMore: (changes) => steps.some(([, statement]) => changes(statement) === PIECE),
  };
}
