import { sql, type SQL } from 'drizzle-orm';
import type { MessageKey } from '../../messages';
import type { Person } from '../../people';
import { type Ctx, type SignedIn } from '../context';
import { domainStillAllowed, inviterMayInvite, acceptable } from '../invitations/rule';
import type { GuestStatus } from '../invitations';
import * as outbox from '../mail/outbox';
import * as paging from '../paging';
import { allow } from '../policy';
import type { mail } from '../schema';
import * as settings from '../settings';
import { invitationsSponsor, sponsorOf } from '../sponsors';
import { MEANT, pageWith, spacesMeant, sponsorsMeant, isDown, type Filter, type Last } from './page';

const PAGE = 50;
/** Spaces of a guest that are counted. */
const COUNTED = 100;

export interface SpaceOf {
  id: number;
  name: string;
  endsAt: number | null;
  /** Null: nobody answers for them. */
  sponsor: string | null;
}

export interface GuestOrInvitation {
  /** `guest:…` or `invitation:…` */
  ref: string;
  id: string;
  status: GuestStatus;
  email: string;
  /** Null before they have joined. */
  name: string | null;
  company: string;
  avatar: string | null;
  spaces: SpaceOf[];
  /** Of a hundred at most. */
  spaceCount: number;
  inviter: Person | null;
  invitedAt: number | null;
  lastLoginAt: number | null;
  /** The newest terms that a guest has accepted. */
  terms: { version: number; at: number } | null;
  /** How a guest proves who they are, from the second login on. */
  proof: 'password' | 'code';
  /** When, of an invitation. What they wrote about it is for whoever invited them. */
  declinedAt: number | null;
  /** Open. */
  invitation: {
    expiresAt: number;
    /** The inviter lost the right, or the domain is no longer allowed. */
    over: 'inviter' | 'domain' | null;
    askedAt: number | null;
    delivery: { state: ReturnType<typeof outbox.deliveryState>; failure: MessageKey | null } | null;
  } | null;
}

interface Row {
  src: GuestStatus | 'more';
  id: string;
  k: string | number;
  email: string;
  name: string | null;
  company: string | null;
  avatar: string | null;
  lastLoginAt: number | null;
  spaces: string | null;
  spaceCount: number;
  inviterName: string | null;
  invitedAt: number | null;
  expiresAt: number;
  acceptable: number;
  mayInvite: number;
  domainAllowed: number;
  askedAt: number | null;
  declinedAt: number | null;
  termsVersion: number | null;
  termsAt: number | null;
  mailStatus: typeof mail.$inferSelect.status | null;
  failure: string | null;
}

const lastMail = (
  column: string,
): SQL => sql`(select ${sql.raw(column)} from mail where mail.invitation_id = invitation.id
  order by mail.created_at desc limit 1)`;

/** @param names how many spaces of a guest are named */
const detailedQuery = (ctx: Ctx, page: SQL, names: number, down: boolean): SQL => sql`
  with ${page}
  select page.src, page.id, page.k, coalesce(user.email, invitation.email) email, user.name, user.company, user.avatar,
    user.last_login_at "lastLoginAt",
    iif(user.id is null, (select json_array(json_object('id', s.id, 'name', s.name,
        'sponsor', ${sponsorOf(sql`s.id`, invitationsSponsor())}, 'endsAt', invitation.access_ends_at)) from space s where s.id = invitation.space_id),
      (select json_group_array(json_object('id', id, 'name', name, 'sponsor', sponsor, 'endsAt', ends_at)) from (select s.id, s.name, m.ends_at,
          ${sponsorOf(sql`s.id`, sql`m.sponsor_id`)} sponsor
        from (select space_id, joined_at, sponsor_id, ends_at from membership where user_id = user.id limit ${sql.raw(String(COUNTED))}) m
        join space s on s.id = m.space_id and s.deleted_at is null order by m.joined_at desc limit ${sql.raw(String(names))}))) spaces,
    iif(user.id is null, 1, (select count(*) from (select 1 from membership m join space s on s.id = m.space_id and s.deleted_at is null
      where m.user_id = user.id limit ${sql.raw(String(COUNTED))}))) "spaceCount",
    inviter.name "inviterName", coalesce(invitation.sent_at, first.created_at) "invitedAt", invitation.expires_at "expiresAt",
    ${acceptable(ctx)} acceptable, ${inviterMayInvite()} "mayInvite", ${domainStillAllowed()} "domainAllowed",
    iif(invitation.asked_at > invitation.sent_at, invitation.asked_at, null) "askedAt", invitation.declined_at "declinedAt",
    terms.version "termsVersion", terms.at "termsAt", ${lastMail('status')} "mailStatus", ${lastMail('failure')} failure
  from page
    left join user on page.src in ('active', 'inactive') and user.id = page.id
    left join invitation on page.src not in ('active', 'inactive', 'more') and invitation.id = page.id
    left join invitation first on first.id = (select id from invitation i where i.accepted_by = user.id and i.space_id is not null
      order by i.accepted_at limit 1)
    left join acceptance terms on terms.user_id = user.id
      and terms.version = (select max(version) from acceptance a where a.user_id = user.id)
    left join user inviter on inviter.id = coalesce(invitation.invited_by, first.invited_by)
  order by page.k ${sql.raw(down ? 'desc' : 'asc')}, page.id ${sql.raw(down ? 'desc' : 'asc')}, page.src = 'more'`;

export interface GuestList extends paging.Page<GuestOrInvitation> {
  /** Not everything has been looked through: the next page goes on. */
  cut: boolean;
  /** The name of the space means more than ten. */
  tooManySpaces: boolean;
  /** So does that of the sponsor. */
  tooManySponsors: boolean;
}

/** Guests and invitations of all spaces: those that are open or were declined. */
export async function list(
  ctx: SignedIn,
  filter: Filter,
  after = '',
  { size = PAGE, names = 2 }: { size?: number; names?: number } = {},
): Promise<GuestList> {
  allow(ctx, 'site.administer');
  const last = lastOf(filter, after);
  const page = pageWith(ctx, filter, last, size);
  const { rows, spaces, sponsors } = await ctx.read({
    rows: ctx.db.all<Row>(detailedQuery(ctx, page, names, isDown(filter.order))),
    spaces: ctx.db.all(filter.space ? spacesMeant(filter.space) : sql`select 1 where 0`),
    sponsors: ctx.db.all(sponsorsMeant(filter.sponsor)),
  });
  const shown = rows.slice(0, size);
  const edge = shown.findIndex(({ src }) => src === 'more');
  const found = edge < 0 ? shown : shown.slice(0, edge);
  const end = edge < 0 ? (rows.length > size ? shown.at(-1) : undefined) : shown[edge];
  const { twoStep } = await settings.read(ctx);
  return {
    rows: found.map((row) => listed(row, twoStep)),
    next: end ? paging.write([filter.order, end.k, end.id]) : null,
    cut: edge >= 0,
    tooManySpaces: spaces.length > MEANT,
    tooManySponsors: sponsors.length > MEANT,
  };
}

/** A key of another order is none. */
function lastOf({ order }: Filter, after: string): Last {
  const [of, value, id] =
    paging.read(after, 'text', 'text', 'text') ?? paging.read(after, 'text', 'number', 'text') ?? [];
  const byText = order === 'name' || order === 'company';
  if (of !== order || id === undefined || (typeof value === 'string') !== byText) return null;
  return [value, id] as Last;
}

function listed(row: Row, twoStep: boolean): GuestOrInvitation {
  const invited = row.src === 'invited' || row.src === 'expired';
  const guest = row.src === 'active' || row.src === 'inactive';
  return {
    ref: `${guest ? 'guest' : 'invitation'}:${row.id}`,
    id: row.id,
    status: !invited ? (row.src as GuestStatus) : row.acceptable ? 'invited' : 'expired',
    email: row.email,
    name: row.name,
    company: row.company ?? '',
    avatar: row.avatar,
    spaces: JSON.parse(row.spaces ?? '[]') as SpaceOf[],
    spaceCount: row.spaceCount,
    inviter: row.inviterName === null ? null : { name: row.inviterName, guest: false },
    invitedAt: row.invitedAt,
    lastLoginAt: row.lastLoginAt,
    terms: row.termsVersion === null ? null : { version: row.termsVersion, at: row.termsAt! },
    proof: twoStep ? 'code' : 'password',
    declinedAt: row.src === 'declined' ? row.declinedAt : null,
    invitation: invited
      ? {
          expiresAt: row.expiresAt,
          over: !row.domainAllowed ? 'domain' : !row.mayInvite ? 'inviter' : null,
          askedAt: row.askedAt,
          delivery: row.mailStatus && {
            state: outbox.deliveryState({ status: row.mailStatus }),
            failure: outbox.failureKey(row),
          },
        }
      : null,
  };
}
