import { and, eq, ne, sql } from 'drizzle-orm';
import { countryName } from '../../places';
import { changed, must, type SignedIn } from '../context';
import { Refusal } from '../errors';
import { record } from '../events';
import * as folded from '../folded';
import * as memberships from '../memberships';
import { nextMorning } from '../notifications/mornings';
import { user } from '../schema';
import * as sessions from '../sessions';
import * as verification from '../verification';
import { openChange } from './address';
import { fileParts, partsOf } from './data';

/** What is so already is not recorded. */
const unchanged = { refusal: () => null };

/** An empty language or zone means the browser's. */
export async function changeProfile(
  ctx: SignedIn,
  form: { name: string; company: string; locale: string | null; timeZone: string | null },
): Promise<void> {
  const actor = ctx.actor;
  const { name, company, locale, timeZone } = form;
  await ctx.commit(
    [
      ctx.db
        .update(user)
        .set({
          ...form,
          folded: folded.personAsRead({ ...form, email: actor.email }, { email: actor.email }),
          // The daily mail comes in the morning of their zone.
          digestAt: nextMorning(form.timeZone ?? ctx.browserZone, ctx.now),
          updatedAt: ctx.now,
        })
        .where(
          and(
            eq(user.id, actor.id),
            sql`(name, company, locale, time_zone) is not (${name}, ${company}, ${locale}, ${timeZone})`,
          ),
        ),
      must(ctx, changed()),
      ...memberships.accountChanged(ctx, actor.id),
      record(ctx, { kind: 'account.changed', subject: `user:${actor.id}`, detail: { name } }),
    ],
    unchanged,
  );
}

/** Of a guest who was asked for it, the rest of the profile as it is. */
export async function setCompany(ctx: SignedIn, company: string): Promise<void> {
  const { id, name, email } = ctx.actor;
  await ctx.commit(
    [
      ctx.db
        .update(user)
        .set({
          company,
          folded: folded.personAsRead({ name, company, email }, { email }),
          updatedAt: ctx.now,
        })
        .where(and(eq(user.id, id), eq(user.name, name), ne(user.company, company))),
      must(ctx, changed()),
      ...memberships.accountChanged(ctx, id),
      record(ctx, { kind: 'account.changed', subject: `user:${id}`, detail: { company } }),
    ],
    {
      refusal: async () =>
        (await ctx.db.$count(user, and(eq(user.id, id), eq(user.company, company))))
          ? null
          : new Refusal('conflict', { key: 'form.stale' }),
    },
  );
}

/** A guest's browser sets the zone once; a chosen one stays. */
export async function learnZone(ctx: SignedIn, zone: string): Promise<void> {
  await ctx.commit([
    ctx.db.run(sql`
      update user set browser_time_zone = ${zone},
        time_zone = iif(kind = 'guest' and browser_time_zone is null, coalesce(time_zone, ${zone}), time_zone),
        digest_at = iif(digest and time_zone is null, ${nextMorning(zone, ctx.now)}, digest_at)
      where id = ${ctx.actor.id} and browser_time_zone is not ${zone}`),
  ]);
}

export async function profile(
  ctx: SignedIn,
  after: {
    sessions?: string | null;
    spaces?: string | null;
    muted?: string | null;
    ended?: string | null;
  } = {},
) {
  const actor = ctx.actor;
  const {
    person: [person],
    changes: [change],
    parts,
    list,
    trusted,
    own,
    ended,
    silent,
  } = await ctx.read({
    person: ctx.db
      .select({
        name: user.name,
        company: user.company,
        avatar: user.avatar,
        email: user.email,
        kind: user.kind,
        locale: user.locale,
        timeZone: user.timeZone,
        mailAbout: user.mailAbout,
        digest: user.digest,
        presence: user.presence,
      })
      .from(user)
      .where(eq(user.id, actor.id)),
    changes: openChange(ctx),
    parts: fileParts(ctx),
    list: sessions.ofUser(ctx, actor.id, after.sessions),
    trusted: verification.trustedOf(ctx, actor.id),
    own: memberships.ofActor(ctx, after.spaces),
    ended: memberships.endedOfActor(ctx, after.ended),
    silent: memberships.ofActor(ctx, after.muted, { muted: true }),
  });
  const placed = <Row extends { country: string | null }>(row: Row) => ({
    ...row,
    country: row.country && countryName(ctx.locale, row.country),
  });
  const begun = sessions.pageOfUser(list);
  const spaces = memberships.pageOfActor(own);
  const muted = memberships.pageOfActor(silent);
  const over = memberships.pageOfEnded(ended);
  return {
    profile: person!,
    newAddress: change
      ? {
          email: change.original,
          byAdministrator: change.byAdministrator,
          sentAt: change.sentAt,
          expiresAt: change.expiresAt,
          failed: change.failed,
        }
      : null,
    spaces: spaces.rows,
    spacesNext: spaces.next,
    /** A guest may ask for more time from then on. */
    asksFrom: ctx.now + memberships.ASK_BEFORE,
    ended: over.rows,
    endedNext: over.next,
    muted: muted.rows,
    mutedNext: muted.next,
    /** Where each further archive of own files begins. */
    fileParts: partsOf(parts),
    policy: ctx.settings!.policy,
    sessions: begun.rows.map(placed),
    trusted: trusted.map(placed),
    sessionsNext: begun.next,
  };
}

export async function endSessions(ctx: SignedIn, id: string | null): Promise<void> {
  const actor = ctx.actor;
  await ctx.commit(
    [
      ...(id
        ? [sessions.endOne(ctx, actor.id, id), must(ctx, sql`changes() > 0`)]
        : [
            must(
              ctx,
              sql`exists (select 1 from session where user_id = ${actor.id} and id_hash is not ${ctx.sessionHash})
                or exists (select 1 from trusted_browser where user_id = ${actor.id})`,
            ),
            sessions.endAll(ctx, actor.id, ctx.sessionHash),
            verification.endTrust(ctx, actor.id),
          ]),
      record(ctx, { kind: 'account.sessions-ended', subject: `user:${actor.id}`, detail: { all: !id } }),
    ],
    unchanged,
  );
}

/** The next login in that browser needs a code again. */
export async function endTrust(ctx: SignedIn, id: string): Promise<void> {
  const actor = ctx.actor;
  await ctx.commit(
    [
      verification.endTrust(ctx, actor.id, id),
      must(ctx, changed()),
      record(ctx, { kind: 'account.trust-ended', subject: `user:${actor.id}` }),
    ],
    unchanged,
  );
}
