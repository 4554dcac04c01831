/**
 * What a guest's access to a space is: who answers for them, and until when. The same for an invitation, for whoever accepts it, and for
 * an access that has ended, which it renews.
 */
import { and, eq, isNull, or, sql } from 'drizzle-orm';
import { DAY } from '../../time';
import * as zones from '../../zones';
import * as access from '../access';
import {
  changed,
  must,
  type Batch,
  type CommitOptions,
  type Committed,
  type Ctx,
  type SignedIn,
  type Statement,
} from '../context';
import { Refusal } from '../errors';
import { record } from '../events';
import { allow } from '../policy';
import { endedAccess, invitation, isOpenInvitation, membership, space, user } from '../schema';
import * as settings from '../settings';
import * as sponsors from '../sponsors';
import { counted, ordered } from './order';
import { changedMail } from './told';

const LONGEST = 10 * 366 * DAY;

/** As typed. */
export interface TermsForm {
  /** A name or an address; empty: nobody. Absent: as it is. */
  sponsor?: string;
  /** The last day, in the zone of whoever types it; empty: no end. */
  accessEnds: string;
}

export interface Terms {
  sponsorId: string | null;
  endsAt: number | null;
}

/** `guest:<id of the account>`, `ended:<the same>` or `invitation:<id>` */
const partsOf = (ref: string): [kind: string, id: string] => {
  const at = ref.indexOf(':');
  return [ref.slice(0, at), ref.slice(at + 1)];
};

/** The day on which access ends that begins now, as the site says; empty: none. */
export const defaultDay = async (ctx: Ctx): Promise<string> => {
  const { accessDays } = await settings.read(ctx);
  return accessDays > 0 ? zones.dayOf(ctx.timeZone, ctx.now + accessDays * DAY) : '';
};

/** @param stored the same day leaves it as it is, whatever the zone of whoever set it */
export function endOf(ctx: Ctx, typed: string, stored: number | null = null): number | null {
  if (typed === '') return null;
  if (stored !== null && stored > ctx.now && zones.dayOf(ctx.timeZone, stored) === typed) return stored;
  const at = zones.endOfDay(typed, ctx.timeZone);
  if (at === null || at > ctx.now + LONGEST)
    throw new Refusal('invalid', { key: 'access-end.no-day', field: 'accessEnds' });
  if (at <= ctx.now) throw new Refusal('invalid', { key: 'access-end.past', field: 'accessEnds' });
  return at;
}

/** The guest with what is stored: present, or whose access has ended. For a batch. */
export const storedQuery = (ctx: Ctx, spaceId: number, userId: string) => {
  const own = (column: string) => sql.raw(`coalesce(m.${column}, e.${column})`);
  return ctx.db
    .select({
      user,
      spaceName: sql<string>`s.name`.as('space_name'),
      sponsorId: sql<string | null>`${own('sponsor_id')}`.as('sponsor_id_'),
      sponsor: sql<string | null>`(select su.email from user su where su.id = ${own('sponsor_id')}
        and ${sponsors.answersIn(sql`s.id`, sql`su.id`)})`.as('sponsor_email'),
      answers:
        sql<number>`${own('sponsor_id')} is not null and ${own('sponsor_id')} = ${ctx.actor?.id ?? ''}`.as(
          'answers',
        ),
      endsAt: sql<number | null>`coalesce(e.ended_at, m.ends_at)`.as('ends_at_'),
      ended: sql<number>`e.user_id is not null or m.ends_at <= ${ctx.now}`.as('ended_'),
      askedAt: sql<number | null>`${own('renewal_asked_at')}`.as('renewal_asked'),
      declinedAt: sql<number | null>`${own('renewal_declined_at')}`.as('renewal_declined'),
    })
    .from(user)
    .innerJoin(sql`space s`, sql`s.id = ${spaceId} and s.deleted_at is null`)
    .leftJoin(sql`membership m`, sql`m.space_id = s.id and m.user_id = ${user.id}`)
    .leftJoin(sql`ended_access e`, sql`e.space_id = s.id and e.user_id = ${user.id}`)
    .where(
      and(eq(user.id, userId), eq(user.kind, 'guest'), sql`(m.user_id is not null or e.user_id is not null)`),
    );
};
export type Stored = Awaited<ReturnType<typeof storedQuery>>[number];

/** What the form shows. */
const shownTerms = (ctx: Ctx, stored: Stored | undefined) =>
  stored
    ? {
        sponsor: stored.sponsor,
        ended: stored.ended === 1,
        accessEnds:
          stored.endsAt !== null && stored.ended !== 1 ? zones.dayOf(ctx.timeZone, stored.endsAt) : '',
        today: zones.dayOf(ctx.timeZone, ctx.now),
      }
    : null;

const invitationQuery = (ctx: Ctx, spaceId: number, id: string) =>
  ctx.db
    .select({
      sponsor: sql<string | null>`(select su.email from user su where su.id = ${sponsors.invitationsSponsor()}
        and ${sponsors.answersIn(sql`${spaceId}`, sql`su.id`)})`.as('sponsor_email'),
      endsAt: invitation.accessEndsAt,
    })
    .from(invitation)
    .innerJoin(space, eq(space.id, invitation.spaceId))
    .where(and(eq(invitation.id, id), eq(invitation.spaceId, spaceId), isOpenInvitation()));

/** @returns null if there is no such guest or invitation */
export async function terms(ctx: SignedIn, spaceId: number, ref: string) {
  const [kind, id] = partsOf(ref);
  const { reach, guests, invitations, offered } = await ctx.read({
    reach: access.spaceQuery(ctx, spaceId),
    guests: storedQuery(ctx, spaceId, kind === 'invitation' ? '' : id),
    invitations: invitationQuery(ctx, spaceId, kind === 'invitation' ? id : ''),
    offered: sponsors.offered(ctx, spaceId),
  });
  allow(ctx, 'space.administer', access.foundSpace(ctx, reach));
  const [open] = invitations;
  const found = open
    ? {
        sponsor: open.sponsor,
        ended: false,
        accessEnds: open.endsAt ? zones.dayOf(ctx.timeZone, open.endsAt) : '',
        today: zones.dayOf(ctx.timeZone, ctx.now),
      }
    : shownTerms(ctx, guests[0]);
  return found && { ...found, offered };
}

export async function termsForSite(ctx: SignedIn, spaceId: number, userId: string) {
  allow(ctx, 'site.administer');
  const { guests, offered } = await ctx.read({
    guests: storedQuery(ctx, spaceId, userId),
    offered: sponsors.offered(ctx, spaceId),
  });
  const found = shownTerms(ctx, guests[0]);
  return found && { ...found, offered };
}

export async function changeTerms(
  ctx: SignedIn,
  spaceId: number,
  ref: string,
  form: TermsForm,
): Promise<void> {
  await access.requireAdministrator(ctx, spaceId);
  const write: Write = (statements, options) =>
    ctx.commit([access.stillAdministers(ctx, spaceId), statements], options);
  const [kind, id] = partsOf(ref);
  if (kind === 'invitation') await changeInvitation(ctx, spaceId, id, form, write);
  else await changeGuest(ctx, spaceId, id, form, write);
}

/** The same by an administrator of the site, who need not be in the space. */
export async function changeTermsForSite(
  ctx: SignedIn,
  spaceId: number,
  userId: string,
  form: TermsForm,
): Promise<void> {
  allow(ctx, 'site.administer');
  const there = and(eq(space.id, spaceId), isNull(space.deletedAt));
  if ((await ctx.db.$count(space, there)) === 0) throw new Refusal('missing');
  await changeGuest(ctx, spaceId, userId, form, (statements, options) =>
    access.commitForSite(ctx, statements, options),
  );
}

type Write = (statements: Batch, options: CommitOptions) => Promise<Committed>;

/** Whoever was chosen may have left meanwhile. */
const stillAnswers = (ctx: Ctx, spaceId: number, sponsorId: string | null): Statement | false =>
  sponsorId !== null && must(ctx, sponsors.answersIn(sql`${spaceId}`, sql`${sponsorId}`), 'sponsor.unknown');

/**
 * The new terms of a guest, present or ended: also if cron ends their access, or somebody renews it, between a read and this. What has
 * ended comes back as it was, with its marks of reading.
 */
export const setTerms = (ctx: Ctx, spaceId: number, userId: string, { sponsorId, endsAt }: Terms): Batch => [
  ctx.db.run(sql`
    insert into membership (space_id, user_id, invited_by, sponsor_id, ends_at, joined_at, last_read_at, greeted_at, muted)
    select e.space_id, e.user_id, e.invited_by, e.sponsor_id, e.ended_at, e.joined_at, e.last_read_at, e.greeted_at, e.muted
    from ended_access e join user u on u.id = e.user_id and u.kind = 'guest'
    where e.space_id = ${spaceId} and e.user_id = ${userId} on conflict do nothing`),
  ctx.db.delete(endedAccess).where(and(eq(endedAccess.spaceId, spaceId), eq(endedAccess.userId, userId))),
  ordered(ctx, sql`space_id = ${spaceId} and user_id = ${userId}`),
  counted(ctx, sql`${spaceId}`),
  ctx.db
    .update(membership)
    .set({
      sponsorId,
      endsAt,
      endsTold: sql`iif(ends_at is ${endsAt}, ends_told, 0)`,
      renewalAskedAt: sql`iif(ends_at is ${endsAt}, renewal_asked_at, null)`,
      renewalDeclinedAt: sql`iif(ends_at is ${endsAt}, renewal_declined_at, null)`,
    })
    .where(
      and(
        eq(membership.spaceId, spaceId),
        eq(membership.userId, userId),
        sql`exists (select 1 from user where id = ${userId} and kind = 'guest')`,
        or(sql`sponsor_id is not ${sponsorId}`, sql`ends_at is not ${endsAt}`),
      ),
    ),
  must(ctx, changed()),
];

async function changeGuest(
  ctx: SignedIn,
  spaceId: number,
  userId: string,
  form: TermsForm,
  write: Write,
): Promise<void> {
  const [stored] = await storedQuery(ctx, spaceId, userId);
  if (!stored) throw new Refusal('missing');
  const endsAt = endOf(ctx, form.accessEnds, stored.endsAt);
  const sponsorId =
    form.sponsor === undefined ? stored.sponsorId : await sponsors.found(ctx, spaceId, form.sponsor);
  const mail = endsAt === stored.endsAt ? null : await changedMail(ctx, spaceId, stored, endsAt);
  await write(
    [
      ...setTerms(ctx, spaceId, userId, { sponsorId, endsAt }),
      form.sponsor !== undefined && stillAnswers(ctx, spaceId, sponsorId),
      mail?.statement,
      record(ctx, {
        kind: 'space.guest-access-changed',
        subject: `user:${userId}`,
        spaceId,
        detail: { sponsor: sponsorId, accessEndsAt: endsAt },
      }),
    ],
    // As wanted already is a success.
    { refusal: async () => ((await storedQuery(ctx, spaceId, userId))[0] ? null : new Refusal('missing')) },
  );
}

async function changeInvitation(
  ctx: SignedIn,
  spaceId: number,
  id: string,
  form: TermsForm,
  write: Write,
): Promise<void> {
  const [stored] = await invitationQuery(ctx, spaceId, id);
  if (!stored) throw new Refusal('missing');
  const accessEndsAt = endOf(ctx, form.accessEnds, stored.endsAt);
  const sponsorId = await sponsors.found(ctx, spaceId, form.sponsor ?? stored.sponsor ?? '');
  const row = and(eq(invitation.id, id), eq(invitation.spaceId, spaceId), isOpenInvitation());
  await write(
    [
      ctx.db
        .update(invitation)
        .set({ sponsorId, accessEndsAt })
        .where(and(row, or(sql`sponsor_id is not ${sponsorId}`, sql`access_ends_at is not ${accessEndsAt}`))),
      must(ctx, changed()),
      stillAnswers(ctx, spaceId, sponsorId),
      record(ctx, {
        kind: 'space.guest-access-changed',
        subject: `invitation:${id}`,
        spaceId,
        detail: { sponsor: sponsorId, accessEndsAt },
      }),
    ],
    { refusal: async () => ((await ctx.db.$count(invitation, row)) > 0 ? null : new Refusal('missing')) },
  );
}
