/**
 * What happened: one event per act, recorded in the batch of the change. From it follow the audit entry, what open pages
 * hear, the notifications, and the rows of the search index, so that none of them is forgotten.
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

/** Ids that the batch itself makes come as SQL. */
type Id = number | SQL;

export interface Event {
  kind: EventKind;
  /** What it was done to, as `user:<id>`, `invitation:<id>`, `site`; the space, where nothing is said. */
  subject?: string | SQL;
  /** For the audit. Never a secret: no password, token or code. */
  detail?: Record<string, unknown>;
  spaceId?: Id | null;
  /** Who did it, where it is not the actor: somebody who is only just getting an account, or nobody known. */
  by?: audit.By | null;
  threadId?: Id;
  commentId?: Id | null;
  /** Who wrote the thread and the comment that it is about: it decides who hears of it. */
  authors?: changes.Author[];
  /** What a thread or comment says from now on, for the search. */
  text?: Omit<entries.Entry, 'spaceId' | 'authors'>;
  /** Who is told: `mentioned`, besides followers; of an edit, only those who are named anew. */
  notify?: { mentioned: string[]; everybody?: boolean; onlyMentioned?: boolean };
}

/** The statements of an event, for the batch of the change. Those that delete rows come behind it: it still asks for them. */
export function record(ctx: Ctx, event: Event): Statement[] {
  const kind = kindOf(event.kind);
  return [
    ...audited(ctx, event, kind.audit),
    ...indexed(ctx, event),
    ...notified(ctx, event),
    ...(kind.change ? [changed(ctx, event, kind.change)] : []),
  ];
}

/** Many events of kinds that only the audit hears of, as one statement. Bounded by the caller: 100 at a time. */
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

/** The same for rows of the database: a select of `kind`, `subject`, `space_id` and `detail` (JSON). */
export const recordRows = (ctx: Ctx, rows: SQL): Statement => audit.entries(ctx, rows);

function audited(ctx: Ctx, event: Event, how: 'each' | 'hourly' | 'never'): Statement[] {
  if (how === 'never') return [];
  const { kind, detail = {}, spaceId = null, by = ctx.actor } = event;
  if (how === 'hourly') return [audit.tally(ctx, kind, String(event.subject), detail, by)];
  return [audit.entry(ctx, kind, event.subject ?? `space:${String(spaceId)}`, detail, spaceId, by)];
}

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
