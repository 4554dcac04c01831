import { sql } from 'drizzle-orm';
import { maskAddress } from '../../addresses';
import type { MessageKey } from '../../messages';
import type { Person } from '../../people';
import type { SignedIn } from '../context';
import { isMailKind, mailKinds, type MailKind } from '../mail/messages';
import * as outbox from '../mail/outbox';
import * as paging from '../paging';
import { allow } from '../policy';

export interface FailedMail {
  id: string;
  kind: MailKind | null;
  at: number;
  /** Null without an account. */
  who: Person | null;
  /** Whoever is invited has no other name; everybody else’s address is masked, as in the audit log. */
  address: string;
  space: string | null;
  reason: MessageKey | null;
  /** What the mail server said. */
  detail: string;
  /** `guests`, `users`: an invitation is sent again where its people are. Null: it would be of no use any more. */
  again: 'here' | 'guests' | 'users' | null;
}

interface Row {
  id: string;
  kind: string;
  at: number;
  toEmail: string;
  kept: number;
  failure: string | null;
  detail: string | null;
  name: string | null;
  personKind: string | null;
  company: string | null;
  space: string | null;
}

const PAGE = 50;

/** What waits and has left, and what failed for good, newest first. Of a mail nothing is shown that it says. */
export async function overview(ctx: SignedIn, { after = '', kind = '' }: { after?: string; kind?: string }) {
  allow(ctx, 'site.administer');
  const chosen = isMailKind(kind) ? kind : null;
  const last = paging.read(after, 'number', 'text');
  const { waiting, sent, failed, kept } = await ctx.read({
    waiting: outbox.waiting(ctx),
    sent: outbox.sentSince(ctx, beginningsIn(ctx.now)),
    failed: ctx.db.all<Row>(sql`
      select m.id, m.kind, m.finished_at "at", m.to_email "toEmail", m.sealed is not null "kept", m.failure,
        m.failure_detail "detail", u.name, u.kind "personKind", u.company, s.name "space"
      from (
        select * from mail where status = 'failed' ${chosen ? sql`and kind = ${chosen}` : sql``}
          ${last ? sql`and (finished_at, id) < (${last[0]}, ${last[1]})` : sql``}
        order by finished_at desc, id desc limit ${PAGE + 1}) m
        left join user u on u.id = m.user_id
        left join space s on s.id = m.space_id
      order by m.finished_at desc, m.id desc`),
    kept: ctx.db.all<{ one: number }>(
      sql`select 1 "one" from mail where status = 'failed' and sealed is not null limit 1`,
    ),
  });
  const page = paging.paged(failed, PAGE, (row) => [row.at, row.id]);
  return {
    waiting: waiting[0]!,
    sent: sent[0]!,
    plan: ctx.config.mail.plan ?? {},
    kind: chosen,
    kinds: mailKinds,
    rows: page.rows.map(failedMail),
    next: page.next,
    someAgain: kept.length > 0,
  };
}

/** Midnight, and that of the first, in UTC: mail services count so. */
function beginningsIn(now: number): { day: number; month: number } {
  const date = new Date(now);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { day: Date.UTC(year, month, date.getUTCDate()), month: Date.UTC(year, month, 1) };
}

function failedMail(row: Row): FailedMail {
  const invitation = row.kind === 'invitation' || row.kind === 'user-invitation';
  return {
    id: row.id,
    kind: isMailKind(row.kind) ? row.kind : null,
    at: row.at,
    who:
      row.name === null
        ? null
        : { name: row.name, guest: row.personKind === 'guest', company: row.company ?? '' },
    address: invitation ? row.toEmail : maskAddress(row.toEmail),
    space: row.space,
    reason: outbox.failureKey(row),
    detail: masked(row.detail ?? ''),
    again:
      row.kind === 'invitation'
        ? 'guests'
        : row.kind === 'user-invitation'
          ? 'users'
          : row.kept === 1
            ? 'here'
            : null,
  };
}

const masked = (detail: string): string =>
  detail
    .split(/([\s<>"'(),;:])/)
    .map((word) => (word.includes('@') ? maskAddress(word) : word))
    .join('');
