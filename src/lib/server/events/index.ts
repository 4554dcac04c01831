/** One event per act. Audit, changes for open pages, notifications and the search index follow from it. */
import { sql, type SQL } from 'drizzle-orm';
import * as audit from '../audit';
import * as changes from '../changes';
import { followed, signedIn, type Ctx, type Statement } from '../context';
import * as limits from '../limits';
import * as live from '../live';
import {
  notify,
  notifyGuests,
  notifyHosts,
  notifyInviter,
  notifyMentioned,
  notifyOfInvitation,
} from '../notifications/notify';
import * as entries from '../search/entries';
import { kindOf, type AuditOnly, type Event, type Fields, type Kind } from './kinds';

export { nobody, system } from '../audit';

type AnyEvent = Pick<Event, 'kind' | 'detail' | 'by'> & { [F in keyof Fields]?: Fields[F] | null };

export function record(ctx: Ctx, event: Event): Statement[] {
  const kind = kindOf(event.kind);
  return [
    ...looked(audited(ctx, event, kind.audit), event, kind.ends),
    ...(kind.unindexed ? unindexed(ctx, event, kind.unindexed) : indexed(ctx, event)),
    ...notified(ctx, event),
    ...(kind.change ? [published(ctx, event, kind.change)] : []),
  ];
}

/** Audit only, in one statement. At most 100 at a time. */
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

/** Audit only. @param rows a select of `subject`, `space_id` and `detail` (JSON) */
export const recordRows = (ctx: Ctx, kind: AuditOnly, rows: SQL, by?: audit.By): Statement =>
  audit.entries(ctx, kind, rows, by);

function audited(ctx: Ctx, event: AnyEvent, how: 'each' | 'hourly' | 'never'): Statement[] {
  if (how === 'never') return [];
  const { kind, detail = {}, spaceId = null, by } = event;
  // The database fills in an id that the batch itself makes.
  const subject =
    event.subject ?? (typeof spaceId === 'number' ? `space:${spaceId}` : sql`'space:' || ${spaceId}`);
  if (how === 'each') return [audit.entry(ctx, kind, subject, detail, spaceId, by)];
  return [audit.tally(ctx, kind, subject as string, detail, spaceId, by)];
}

/** Whoever may have lost access: their pages look. The room of a space knows nothing of access, so it asks everybody concerned. */
function looked(
  [first, ...rest]: Statement[],
  { subject, spaceId }: AnyEvent,
  ends: Kind['ends'],
): Statement[] {
  if (!first) return [];
  const person = personOf(subject);
  // What everybody may do is nobody's session.
  if (!ends || (ends === 'session' && !person)) return [first, ...rest];
  const look = (system: Ctx) =>
    ends === 'session'
      ? live.lookEverywhere(system, person!)
      : live.look(system, spaceId as number, ends === 'space' ? null : person!);
  return [followed(first, look), ...rest];
}
const personOf = (subject: AnyEvent['subject']): string | undefined =>
  typeof subject === 'string' ? /^user:(.+)$/.exec(subject)?.[1] : undefined;

/** The subject is a login name, or a known browser of it; `address` is the client IP. */
export const recordLocks = (ctx: Ctx, subject: string, locked: ('name' | 'address')[]): Statement[] =>
  locked.flatMap((what) =>
    record(ctx, {
      kind: 'account.locked',
      subject: what === 'name' ? subject : audit.clientAddress(ctx),
      detail: { what },
      by: audit.nobody,
    }),
  );

const published = (ctx: Ctx, event: AnyEvent, kind: changes.ChangeKind): Statement =>
  changes.note(
    signedIn(ctx),
    event.spaceId!,
    kind,
    event.threadId ?? null,
    event.commentId ?? null,
    event.authors ?? [],
  );

const unindexed = (ctx: Ctx, { threadId, commentId }: AnyEvent, what: 'thread with comments' | 'comment') =>
  entries.drop(
    ctx,
    what === 'comment' ? { comment: commentId! } : { threadWithComments: threadId as number },
  );

function indexed(ctx: Ctx, { spaceId, threadId, commentId, authors, text }: AnyEvent): Statement[] {
  if (!text) return [];
  const target = commentId ? { comment: commentId } : { thread: threadId! };
  return entries.put(ctx, target, { ...text, spaceId: spaceId!, authors: authors ?? [] });
}

function notified(
  ctx: Ctx,
  { spaceId, threadId, commentId = null, joined, left, over, notify: whom }: AnyEvent,
): Statement[] {
  if (joined) return [notifyInviter(ctx, (spaceId ?? null) as number | null, joined)];
  if (over) return [notifyOfInvitation(ctx, (spaceId ?? null) as number | null, over)];
  if (left) return [notifyHosts(ctx, spaceId as number, left)];
  if (!whom) return [];
  const signed = signedIn(ctx);
  const what = {
    spaceId: spaceId as number,
    threadId: threadId!,
    commentId,
    kind: commentId === null ? ('thread' as const) : ('comment' as const),
    ...whom,
  };
  const statements = whom.onlyMentioned
    ? notifyMentioned(signed, what)
    : whom.onlyGuests
      ? notifyGuests(signed, what, whom.onlyGuests)
      : notify(signed, what);
  return statements.length ? [...statements, ...limits.countTold(signed)] : [];
}
