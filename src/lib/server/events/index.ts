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
import { kindOf, type EventKind } from './kinds';

export { nobody } from '../audit';
export type { EventKind };

/** Ids that the same batch generates are SQL. */
type Id = number | SQL;

export interface Event {
  kind: EventKind;
  /** What it was done to: `user:<id>`, `invitation:<id>`, `site`. By default the space. */
  subject?: string | SQL;
  /** For the audit. Never a secret: no password, token or code. */
  detail?: Record<string, unknown>;
  spaceId?: Id | null;
  /** Who did it, if not the actor: somebody whose account is just being created, or nobody known. */
  by?: audit.By | null;
  threadId?: Id;
  commentId?: Id | null;
  /** Who wrote the thread and the comment that it is about; decides who may hear of it. */
  authors?: changes.Author[];
  /** The new words of a thread or comment, for search. */
  text?: Omit<entries.Entry, 'spaceId' | 'authors'>;
  /** Who is notified: followers and `mentioned`; after an edit (`onlyMentioned`), only people who are newly named. */
  notify?: { mentioned: string[]; everybody?: boolean; onlyMentioned?: boolean };
}

/** The statements of an event, for the batch of the change. Statements that delete rows come after it, because it reads them. */
export function record(ctx: Ctx, event: Event): Statement[] {
  const kind = kindOf(event.kind);
  return [
    ...audited(ctx, event, kind.audit),
    ...indexed(ctx, event),
    ...notified(ctx, event),
    ...(kind.change ? [changed(ctx, event, kind.change)] : []),
  ];
}

/** Many events that only go into the audit, as one statement. The caller passes at most 100 at a time. */
export const recordMany = (
  ctx: Ctx,
  events: (Pick<Event, 'kind' | 'detail'> & { subject: string })[],
  spaceId: number | null,
): Statement =>
  recordRows(
    ctx,
    sql`select json_extract(value, '$.kind') as kind, json_extract(value, '$.subject') as subject,
      ${spaceId} as space_id, json_extract(value, '$.detail') as detail
      from json_each(${JSON.stringify(events.map(({ detail = {}, ...event }) => ({ ...event, detail })))})`,
  );

/** The same from a query: a select of `kind`, `subject`, `space_id` and `detail` (JSON). */
export const recordRows = (ctx: Ctx, rows: SQL): Statement => audit.entries(ctx, rows);

function audited(ctx: Ctx, event: Event, how: 'each' | 'hourly' | 'never'): Statement[] {
  if (how === 'never') return [];
  const { kind, detail = {}, spaceId = null, by = ctx.actor } = event;
  // An id that the batch itself makes is not known here: the database puts it in.
  const subject =
    event.subject ?? (typeof spaceId === 'number' ? `space:${spaceId}` : sql`'space:' || ${spaceId}`);
  if (how === 'each') return [audit.entry(ctx, kind, subject, detail, spaceId, by)];
  if (typeof subject !== 'string') throw new Error(`${kind} needs a subject that is known`);
  return [audit.tally(ctx, kind, subject, detail, by)];
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

const changed = (ctx: Ctx, event: Event, kind: changes.ChangeKind): Statement =>
  changes.note(
    signedIn(ctx),
    event.spaceId!,
    kind,
    event.threadId ?? null,
    event.commentId ?? null,
    event.authors,
  );

function indexed(ctx: Ctx, { kind, spaceId, threadId, commentId, authors = [], text }: Event): Statement[] {
  if (kind === 'space.thread-deleted') return entries.drop(ctx, { threadWithComments: threadId as number });
  if (kind === 'space.comment-deleted') return entries.drop(ctx, { comment: commentId! });
  if (!text) return [];
  const target = commentId ? { comment: commentId } : { thread: threadId! };
  return entries.put(ctx, target, { ...text, spaceId: spaceId!, authors });
}

function notified(ctx: Ctx, { spaceId, threadId, commentId = null, notify: whom }: Event): Statement[] {
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
