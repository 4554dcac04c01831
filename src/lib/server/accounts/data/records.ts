/** What the site has noted about the actor, in words that they may read. */
import { eq, sql, type SQL } from 'drizzle-orm';
import { displayName } from '../../../people';
import { loadTranslator, type Translate } from '../../../messages';
import * as access from '../../access';
import { viewerOf } from '../../access';
import { isFailure, sentenceOf } from '../../audit-log/kinds';
import type { SignedIn } from '../../context';
import * as memberships from '../../memberships';
import * as paging from '../../paging';
import { user } from '../../schema';
import * as sessions from '../../sessions';
import * as terms from '../../terms';
import { trustedOf } from '../../verification';
import { all, time } from './pages';

export async function account(ctx: SignedIn) {
  const { people, accepted, trusted } = await ctx.read({
    people: ctx.db.select().from(user).where(eq(user.id, ctx.actor.id)),
    // One for each time that an administrator has asked.
    accepted: terms.ofPerson(ctx, ctx.actor.id, null, 1_000),
    trusted: trustedOf(ctx, ctx.actor.id),
  });
  const person = people[0]!;
  return {
    profile: {
      name: person.name,
      company: person.company,
      email: person.emailOriginal,
      kind: person.kind,
      administrator: person.administrator,
      canCreateSpaces: person.canCreateSpaces,
      language: person.locale,
      timeZone: person.timeZone,
      browserTimeZone: person.browserTimeZone,
      signedUp: time(person.createdAt),
      mailboxProved: time(person.emailVerifiedAt),
      logins: person.loginCount,
      lastLogin: time(person.lastLoginAt),
    },
    acceptedTerms: accepted.map(({ version, url, at }) => ({ version, address: url, accepted: time(at) })),
    browsersThatSkipTheCode: trusted.map((browser) => ({
      since: time(browser.createdAt),
      lastUsed: time(browser.lastUsedAt),
      until: time(browser.expiresAt),
      country: browser.country,
      city: browser.city,
      browser: browser.userAgent,
    })),
    notifications: {
      mailAbout: person.mailAbout,
      inOneMailADay: person.digest,
      othersSeeWhereIAm: person.presence,
    },
  };
}

export async function* spaces(ctx: SignedIn) {
  const rows = all(async (after) => memberships.pageOfActor(await memberships.ofActor(ctx, after)));
  for await (const row of rows)
    yield {
      spaceId: row.id,
      name: row.name,
      since: time(row.joinedAt),
      invitedBy: row.inviter,
      administrator: row.administers,
      muted: row.muted,
    };
}

export async function* logins(ctx: SignedIn) {
  const rows = all(async (after) => sessions.pageOfUser(await sessions.ofUser(ctx, ctx.actor.id, after)));
  for await (const row of rows)
    yield {
      current: row.current,
      loggedIn: time(row.createdAt),
      lastUsed: time(row.lastSeenAt),
      ipAddress: row.ip,
      country: row.country,
      city: row.city,
      browser: row.userAgent,
    };
}

const ENTRIES = 200;

interface Row {
  id: number;
  at: number;
  lastAt: number | null;
  count: number;
  action: string;
  actorId: string | null;
  ip: string;
  subject: string;
  actorName: string | null;
  actorKind: string | null;
  actorCompany: string | null;
  subjectName: string | null;
  subjectKind: string | null;
  subjectCompany: string | null;
  spaceName: string | null;
}

/** Who did something to the actor is named where the actor sees them; so is a space. */
async function auditPage(ctx: SignedIn, after: string | null): Promise<paging.Page<Row>> {
  const [at, id] = paging.read(after, 'number', 'number') ?? [ctx.now + 1, 0];
  const me = ctx.actor.id;
  const newest = (where: SQL) => sql`select * from (select id, at from audit_entry
    where ${where} and (at, id) < (${at}, ${id}) order by at desc, id desc limit ${ENTRIES + 1})`;
  const rows = await ctx.db.all<Row>(sql`
    select e.id, e.at, e.last_at "lastAt", e.count, e.action, e.actor_id "actorId", e.ip, e.subject,
      a.name "actorName", a.kind "actorKind", a.company "actorCompany",
      b.name "subjectName", b.kind "subjectKind", b.company "subjectCompany", s.name "spaceName"
    from (${newest(sql`actor_id = ${me}`)} union ${newest(sql`subject = ${`user:${me}`}`)}
      order by at desc, id desc limit ${ENTRIES + 1}) f
      join audit_entry e on e.id = f.id
      left join user a on a.id = e.actor_id and ${access.seesSomewhere(ctx, viewerOf(ctx), 'a')}
      left join user b on e.subject = 'user:' || b.id and ${access.seesSomewhere(ctx, viewerOf(ctx), 'b')}
      left join membership m on m.space_id = e.space_id and m.user_id = ${me} and ${access.lasting(ctx, 'm')}
      left join space s on s.id = m.space_id and s.deleted_at is null
    order by e.at desc, e.id desc`);
  return paging.paged(rows, ENTRIES, (row) => [row.at, row.id]);
}

const someone = (
  t: Translate,
  name: string | null,
  kind: string | null,
  company: string | null,
): string | null =>
  name === null ? null : displayName(t, { name, guest: kind === 'guest', company: company ?? '' });

export async function* activity(ctx: SignedIn) {
  const t = await loadTranslator(ctx.locale);
  const me = ctx.actor.id;
  for await (const row of all((after) => auditPage(ctx, after))) {
    const by = someone(t, row.actorName, row.actorKind, row.actorCompany);
    const subject = someone(t, row.subjectName, row.subjectKind, row.subjectCompany) ?? '…';
    yield {
      at: time(row.at),
      lastAt: time(row.lastAt),
      count: row.count,
      action: row.action,
      what: t(sentenceOf(row.action), { subject, what: '…', action: row.action }),
      byYou: row.actorId === me,
      by,
      space: row.spaceName,
      // Of others' browsers only where nobody had logged in.
      ipAddress: row.actorId === me || row.actorId === null ? row.ip : null,
      failed: isFailure(row.action),
    };
  }
}
