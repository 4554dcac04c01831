/** Notification mail: what is due becomes one mail per person, exactly once. Also deletes old notifications. */
import { sql, type SQL } from 'drizzle-orm';
import { hidesGuests, visibleTo, type Viewer } from '../access';
import { changed, must, type Ctx, type Statement } from '../context';
import { LostRace } from '../errors';
import { excerpt } from '../markdown';
import type { MailMessage } from '../mail/messages';
import * as language from '../language';
import * as outbox from '../mail/outbox';
import { bodyFor, titleFor } from '../mentions/redaction';
import type { Mention } from '../schema';
import * as settings from '../settings/read';
import { nextMorning } from './mornings';
import { unsubscribeUrl } from './unsubscribe-link';
import { afterwards, ownWords, shortened } from './words';

const DAY = 24 * 3_600_000;
/** People per run; the rest follows in the next minute. */
const PEOPLE = 100;
/** Notifications per run. */
const ROWS = 1_000;
/** People whose mails are written in one commit. */
const TOGETHER = 20;
/** How often a run starts again because other runs took some of the notifications. */
const ROUNDS = 3;
/** Characters of a text in a mail. Up to FEW texts are quoted in full; of more, only the beginning. */
const LONGEST = 4_000;
const FEW = 5;
/** Events in one mail. */
const MOST = 50;

interface Due {
  id: number;
  kind: 'mention' | 'comment' | 'thread';
  createdAt: number;
  readAt: number | null;
  spaceId: number;
  space: string;
  threadId: number;
  commentId: number | null;
  thread: string;
  actor: string;
  /** The company of an actor who is a guest, empty if unknown; null for a user. */
  guestOf: string | null;
  text: string;
  /** Whether the reader may still know of it. */
  known: number;
  mentions: string | null;
  /** Whom the thread's title names. */
  threadMentions: string;
  threadAuthorId: string;
  authorId: string;
  hidesGuests: number;
  userId: string;
  email: string;
  locale: string | null;
  timeZone: string | null;
  notify: 'never' | 'mentions' | 'all';
  digest: number;
  digestAt: number;
}

/**
 * Writes the mails that are due. Texts are read now, so what is deleted, hidden or out of reach by now is not mailed.
 * Two runs at the same time do no harm: the update that claims a notification is in the commit that writes its mail.
 * @param those only people who have these notifications
 * @returns how many mails were written
 */
export async function mailDue(ctx: Ctx, those?: SQL): Promise<number> {
  let written = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const people = grouped(await due(ctx, those));
    if (people.length === 0) break;
    const { siteName } = await settings.read(ctx);
    let lost = 0;
    for (let i = 0; i < people.length; i += TOGETHER) {
      const mails = people.slice(i, i + TOGETHER).map((rows) => mailTo(ctx, siteName, rows));
      const done = await writeMails(ctx, mails);
      written += done.written;
      lost += done.lost;
    }
    if (lost === 0) break;
  }
  return written;
}

/** The reader of each row. */
const READER: Viewer = { id: sql`u.id`, kind: sql`u.kind` };

/** What is due, person by person. */
const due = (ctx: Ctx, those?: SQL): Promise<Due[]> =>
  ctx.db.all<Due>(sql`
    with person as (
      select user_id from (
        select user_id, mail_at from notification indexed by notification_mail_due
        where mail_at <= ${ctx.now} ${those ? sql`and ${those}` : sql``}
        order by mail_at limit ${ROWS})
      group by user_id order by min(mail_at) limit ${PEOPLE})
    select n.id, n.kind, n.created_at "createdAt", n.read_at "readAt",
      s.id "spaceId", s.name "space", t.id "threadId", t.title "thread", n.comment_id "commentId", a.name "actor",
      iif(a.kind = 'guest', a.company, null) "guestOf",
      substr(iif(n.comment_id is null, t.body, c.body), 1, ${LONGEST + 400}) "text",
      iif(n.comment_id is null, t.mentions, c.mentions) "mentions", t.mentions "threadMentions", t.author_id "threadAuthorId",
      iif(n.comment_id is null, t.author_id, c.author_id) "authorId",
      ${hidesGuests(READER, { space: 's' })} "hidesGuests",
      (u.status = 'active' and s.deleted_at is null and m.user_id is not null
        and ${visibleTo(READER, { space: 's' }, 'a', 'w')}) "known",
      u.id "userId", u.email_original "email", u.locale, coalesce(u.time_zone, u.browser_time_zone) "timeZone", u.notify, u.digest, u.digest_at "digestAt"
    from notification n indexed by notification_mail_due
      join user u on u.id = n.user_id
      join space s on s.id = n.space_id
      join thread t on t.id = n.thread_id
      join user w on w.id = t.author_id
      join user a on a.id = n.actor_id
      left join comment c on c.id = n.comment_id
      left join membership m on m.space_id = n.space_id and m.user_id = n.user_id
    where n.mail_at <= ${ctx.now} and n.user_id in (select user_id from person)
    order by n.user_id, s.name, n.space_id, n.thread_id, n.id
    limit ${ROWS}`);

/** Rows by person. A person cut off by the limit waits for the next run, unless they fill the limit alone. */
function grouped(rows: Due[]): Due[][] {
  const people = [...Map.groupBy(rows, (row) => row.userId).values()];
  return rows.length === ROWS && people.length > 1 ? people.slice(0, -1) : people;
}

interface PersonMail {
  /** The notifications that this settles, including those that the mail leaves out. */
  notificationIds: number[];
  mail: outbox.QueuedMail | null;
  /** The next daily mail. */
  digestUpdate: Statement | null;
}

function mailTo(ctx: Ctx, siteName: string, rows: Due[]): PersonMail {
  const person = rows[0]!;
  const told = rows.map(readable).filter(
    (row) =>
      row.known &&
      row.notify !== 'never' &&
      (row.notify === 'all' || row.kind === 'mention') &&
      // An immediate mail is also sent to people who are online; a daily mail leaves out what they have read.
      !(row.digest && row.readAt !== null),
  );
  return {
    notificationIds: rows.map((row) => row.id),
    mail: told.length
      ? {
          to: person.email,
          locale: language.ofPerson(person),
          message: messageOf(ctx, siteName, told),
          userId: person.userId,
          nudge: false,
        }
      : null,
    digestUpdate: person.digest ? nextDigest(ctx, person) : null,
  };
}

/** A row with the words that its reader may see. */
function readable(row: Due): Due {
  const reader = { id: row.userId, seesGuests: row.hidesGuests === 0 };
  const parsed = (mentions: string | null) => JSON.parse(mentions ?? '[]') as Mention[];
  return {
    ...row,
    text: bodyFor(reader, { body: row.text, mentions: parsed(row.mentions), authorId: row.authorId }),
    thread: titleFor(reader, {
      title: row.thread,
      mentions: parsed(row.threadMentions),
      authorId: row.threadAuthorId,
    }),
  };
}

/** One event is quoted in full; several are a list by space and thread. */
function messageOf(ctx: Ctx, siteName: string, rows: Due[]): MailMessage {
  const { origin } = ctx.config;
  const person = rows[0]!;
  const unsubscribeLinks = {
    unsubscribe: unsubscribeUrl(ctx, person.userId),
    settings: `${origin}/me#notification-mail`,
  };
  const urlOf = (row: Due) => origin + afterwards(row.spaceId, row.threadId, row.commentId);
  const titleOf = (row: Due) => shortened(row.thread || row.space, 100);
  if (rows.length === 1) {
    return {
      kind: 'notification',
      siteName,
      event: person.kind,
      actorName: person.actor,
      guestOf: person.guestOf,
      spaceName: person.space,
      threadTitle: titleOf(person),
      ...textOf(person.text),
      url: urlOf(person),
      ...unsubscribeLinks,
    };
  }
  const few = rows.length <= FEW;
  const threads = Map.groupBy(rows.slice(0, MOST), (row) => row.threadId);
  return {
    kind: 'digest',
    siteName,
    count: rows.length,
    threads: [...threads.values()].map((events) => ({
      spaceName: events[0]!.space,
      threadTitle: titleOf(events[0]!),
      events: events.map((row) => ({
        event: row.kind,
        actorName: row.actor,
        guestOf: row.guestOf,
        ...(few ? textOf(row.text) : { text: excerpt(ownWords(row.text), 280), cut: false }),
        at: row.createdAt,
        url: urlOf(row),
      })),
    })),
    timeZone: person.timeZone ?? 'UTC',
    url: `${origin}/notifications`,
    ...unsubscribeLinks,
  };
}

const textOf = (text: string): { text: string; cut: boolean } => ({
  text: text.slice(0, LONGEST).toWellFormed(),
  cut: text.length > LONGEST,
});

/** The reader's next morning; if their zone is unknown, the same hour of the next day. */
function nextDigest(ctx: Ctx, person: Due): Statement | null {
  const { timeZone, digestAt, userId } = person;
  if (digestAt === 0 || digestAt > ctx.now) return null;
  const next = timeZone
    ? nextMorning(timeZone, ctx.now)
    : digestAt + (Math.floor((ctx.now - digestAt) / DAY) + 1) * DAY;
  // Unless they have just changed it.
  return ctx.db.run(
    sql`update user set digest_at = ${next} where id = ${userId} and digest_at = ${digestAt}`,
  );
}

/** Claims the notifications and writes their mails in one commit. If another run was faster, tries again with each half. */
async function writeMails(ctx: Ctx, people: PersonMail[]): Promise<{ written: number; lost: number }> {
  const ids = people.flatMap((person) => person.notificationIds);
  const mails = people.flatMap((person) => person.mail ?? []);
  const queued = await outbox.queueMany(ctx, mails);
  try {
    await ctx.commit([
      ctx.db.run(sql`
        update notification set mail_at = null
        where id in (select value from json_each(${JSON.stringify(ids)})) and mail_at is not null`),
      must(ctx, changed(ids.length)),
      ...queued.statements,
      ...people.map((person) => person.digestUpdate),
    ]);
  } catch (error) {
    if (!(error instanceof LostRace)) throw error;
    if (people.length === 1) return { written: 0, lost: 1 };
    const half = people.length >> 1;
    const [a, b] = [await writeMails(ctx, people.slice(0, half)), await writeMails(ctx, people.slice(half))];
    return { written: a.written + b.written, lost: a.lost + b.lost };
  }
  // Not by afterCommit: this may run after a request's commit, while the request makes another commit.
  await outbox.nudgeMany(ctx, queued.ids);
  return { written: mails.length, lost: 0 };
}

/** Notifications checked in a run of `purge`. */
const WINDOW = 1_000;
const KEEP_READ = 90 * DAY;
const KEEP = 365 * DAY;

/**
 * Cron: deletes what was read 90 days ago (unless it is marked "Read later"), and everything after a year.
 * No index orders everybody's notifications by age, so each run checks a range of ids that moves with the minutes.
 */
export const purge = (ctx: Ctx): Statement =>
  ctx.db.run(sql`
    delete from notification where id in (
      select n.id from notification n, (
        select lo + cast(${Math.floor(ctx.now / 60_000) * WINDOW} as integer) % (hi - lo + 1) first from (
          select (select min(id) from notification) lo, (select max(id) from notification) hi)) w
      where n.id >= w.first and n.id < w.first + ${WINDOW}
        and (n.created_at < ${ctx.now - KEEP} or (n.read_at < ${ctx.now - KEEP_READ} and n.later = 0)))`);
