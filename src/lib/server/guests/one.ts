/** The page of one guest. */
import { and, eq, sql, type SQL } from 'drizzle-orm';
import * as accounts from '../accounts';
import * as auditLog from '../audit-log';
import type { SignedIn } from '../context';
import { Refusal } from '../errors';
import { acceptable } from '../invitations/rule';
import * as paging from '../paging';
import { allow } from '../policy';
import { isOpenInvitation, user } from '../schema';
import * as sessions from '../sessions';
import * as settings from '../settings';
import { sponsorOf } from '../sponsors';
import * as terms from '../terms';
import { handedUntil, trustedOf } from '../verification';

const PAGE = 50;
/** The rest is in the audit log. */
const ENTRIES = 10;

interface SpaceOf {
  id: number;
  name: string;
  archived: boolean;
  joinedAt: number;
  inviter: string | null;
  endsAt: number | null;
  /** Null: nobody answers for them. */
  sponsor: string | null;
}

interface InvitationOf {
  id: string;
  spaceName: string;
  status: 'invited' | 'expired' | 'accepted';
  sentAt: number;
  acceptedAt: number | null;
  inviter: string;
}

/** Newest first; `key` is the time, then an id. */
const older = (last: [number, string] | null, time: SQL, id: SQL): SQL =>
  last ? sql`(${time}, cast(${id} as text)) < (${last[0]}, ${last[1]})` : sql`1`;

/** @param after of the two lists and the sessions */
export async function one(
  ctx: SignedIn,
  id: string,
  after: {
    spaces?: string | null;
    invitations?: string | null;
    sessions?: string | null;
    accepted?: string | null;
  } = {},
) {
  allow(ctx, 'site.administer');
  const of = (key: string | null | undefined) => paging.read(key, 'number', 'text');
  const filter = { person: `user:${id}`, space: '', group: null, from: null, to: null };
  const read = ctx.read({
    person: ctx.db
      .select({
        id: user.id,
        name: user.name,
        company: user.company,
        email: user.email,
        avatar: user.avatar,
        status: user.status,
        createdAt: user.createdAt,
        lastLoginAt: user.lastLoginAt,
      })
      .from(user)
      .where(and(eq(user.id, id), eq(user.kind, 'guest'))),
    spaces: ctx.db.all<SpaceOf>(sql`
      select s.id, s.name, s.archived_at is not null archived, m.joined_at "joinedAt", i.name inviter, m.ends_at "endsAt",
        ${sponsorOf(sql`m.space_id`, sql`m.sponsor_id`)} sponsor
      from membership m join space s on s.id = m.space_id and s.deleted_at is null left join user i on i.id = m.invited_by
      where m.user_id = ${id} and ${older(of(after.spaces), sql`m.joined_at`, sql`s.id`)}
      order by m.joined_at desc, cast(s.id as text) desc limit ${PAGE + 1}`),
    invitations: ctx.db.all<InvitationOf>(sql`
      select invitation.id, s.name "spaceName", invitation.sent_at "sentAt", invitation.accepted_at "acceptedAt", i.name inviter,
        case when invitation.status = 'accepted' then 'accepted' when ${acceptable(ctx)} then 'invited' else 'expired' end status
      from (select id from invitation where accepted_by = ${id}
          union select id from invitation where ${isOpenInvitation()} and space_id is not null
            and email = (select email from user where id = ${id})) mine
        join invitation on invitation.id = mine.id join space s on s.id = invitation.space_id join user i on i.id = invitation.invited_by
      where ${older(of(after.invitations), sql`invitation.sent_at`, sql`invitation.id`)}
      order by invitation.sent_at desc, invitation.id desc limit ${PAGE + 1}`),
    changes: accounts.openChangeOf(ctx, id),
    sessions: sessions.ofUser(ctx, id, after.sessions ?? null),
    trusted: trustedOf(ctx, id),
    code: handedUntil(ctx, id),
    terms: terms.ofPerson(ctx, id, paging.read(after.accepted ?? null, 'number')?.[0] ?? null, PAGE + 1),
  });
  const [rows, audit, site] = await Promise.all([read, auditLog.list(ctx, filter), settings.read(ctx)]);
  const [person] = rows.person;
  const [change] = rows.changes;
  if (!person) throw new Refusal('missing');
  const begun = sessions.pageOfUser(rows.sessions);
  const spaces = paging.paged(rows.spaces, PAGE, (row) => [row.joinedAt, String(row.id)]);
  const invitations = paging.paged(rows.invitations, PAGE, (row) => [row.sentAt, row.id]);
  const accepted = paging.paged(rows.terms, PAGE, (row) => [row.version]);
  return {
    person,
    proof: site.twoStep ? ('code' as const) : ('password' as const),
    policy: site.policy,
    // What they ask for themselves is their own affair.
    newAddress: change?.byAdministrator
      ? { email: change.original, sentAt: change.sentAt, expiresAt: change.expiresAt, failed: change.failed }
      : null,
    spaces: spaces.rows,
    spacesNext: spaces.next,
    invitations: invitations.rows,
    invitationsNext: invitations.next,
    sessions: begun.rows,
    sessionsNext: begun.next,
    /** Browsers in which they skip the second step. */
    trusted: rows.trusted.length,
    /** Of a one-time code that they have. */
    codeUntil: rows.code[0]?.until ?? null,
    /** Which terms. */
    accepted: accepted.rows,
    acceptedNext: accepted.next,
    entries: audit.rows.slice(0, ENTRIES),
  };
}
