/**
 * One event per act, recorded in the batch of the change. It yields the audit entry, the change for open pages, the
 * notifications and the rows of the search index: one call in place of four.
 */
import { sql, type SQL } from 'drizzle-orm';
import * as audit from '../audit';
import * as changes from '../changes';
import { signedIn, type Ctx, type Statement } from '../context';
import * as limits from '../limits';
import { notify, notifyMentioned } from '../notifications/notify';
import * as entries from '../search/entries';
import { kindOf, type AuditOnly, type Event, type Fields } from './kinds';

export { nobody } from '../audit';

/** Any event, as far as what follows from it is concerned. */
type Loose = Pick<Event, 'kind' | 'detail' | 'by'> & { [F in keyof Fields]?: Fields[F] | null };

/** The statements of an event, for the batch of the change. Statements that delete rows come after it, because it reads them. */
export function record(ctx: Ctx, event: Event): Statement[] {
  const kind = kindOf(event.kind);
  return [
    ...audited(ctx, event, kind.audit),
    ...(kind.unindexed ? unindexed(ctx, event, kind.unindexed) : indexed(ctx, event)),
    ...notified(ctx, event),
    ...(kind.change ? [changed(ctx, event, kind.change)] : []),
  ];
}

/** Many events that only go into the audit, as one statement. The caller passes at most 100 at a time. */
export const recordMany = (
  ctx: Ctx,
  events: { kind: AuditOnly; subject: string; detail?: Record<string, unknown> }[],
  spaceId: number | null,
): Statement =>
  audit.entries(
    ctx,
    sql`kind`,
    sql`select json_extract(value, '$.kind') as kind, json_extract(value, '$.subject') as subject,
      ${spaceId} as space_id, json_extract(value, '$.detail') as detail
      from json_each(${JSON.stringify(events.map(({ detail = {}, ...event }) => ({ ...event, detail })))})`,
  );

/** The same from a query: a select of `subject`, `space_id` and `detail` (JSON). */
export const recordRows = (ctx: Ctx, kind: AuditOnly, rows: SQL): Statement => audit.entries(ctx, kind, rows);

function audited(ctx: Ctx, event: Loose, how: 'each' | 'hourly' | 'never'): Statement[] {
  if (how === 'never') return [];
  const { kind, detail = {}, spaceId = null, by = ctx.actor } = event;
  // An id that the batch itself makes is not known here: the database puts it in.
  const subject =
    event.subject ?? (typeof spaceId === 'number' ? `space:${spaceId}` : sql`'space:' || ${spaceId}`);
  if (how === 'each') return [audit.entry(ctx, kind, subject, detail, spaceId, by)];
  return [audit.tally(ctx, kind, subject as string, detail, by)];
}

/** What a failed attempt has locked: its subject (a login name, or a known browser of it), or a client IP address. */
export const recordLocks = (ctx: Ctx, subject: string, locked: ('name' | 'address')[]): Statement[] =>
  locked.flatMap((what) =>
    record(ctx, {
      kind: 'account.locked',
      subject: what === 'name' ? subject : audit.unknownName(ctx).replace('unknown', 'address'),
      detail: { what },
      by: audit.nobody,
    }),
  );

const changed = (ctx: Ctx, event: Loose, kind: changes.ChangeKind): Statement =>
  changes.note(
    signedIn(ctx),
    event.spaceId!,
    kind,
    event.threadId ?? null,
    event.commentId ?? null,
    event.authors ?? [],
  );

const unindexed = (ctx: Ctx, { threadId, commentId }: Loose, what: 'thread with comments' | 'comment') =>
  entries.drop(
    ctx,
    what === 'comment' ? { comment: commentId! } : { threadWithComments: threadId as number },
  );

function indexed(ctx: Ctx, { spaceId, threadId, commentId, authors, text }: Loose): Statement[] {
  if (!text) return [];
  const target = commentId ? { comment: commentId } : { thread: threadId! };
  return entries.put(ctx, target, { ...text, spaceId: spaceId!, authors: authors ?? [] });
}

function notified(ctx: Ctx, { spaceId, threadId, commentId = null, notify: whom }: Loose): Statement[] {
  if (!whom) return [];
  const actor = signedIn(ctx);
  const what = {
    spaceId: spaceId as number,
    threadId: threadId!,
    commentId,
    kind: commentId === null ? ('thread' as const) : ('comment' as const),
    ...whom,
  };
  const statements = whom.onlyMentioned ? notifyMentioned(actor, what) : notify(actor, what);
  return statements.length ? [...statements, ...limits.countTold(actor)] : [];
}
