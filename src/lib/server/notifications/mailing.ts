/** Due notifications become one mail per person and space, or one a day, exactly once. */
import { sql, type SQL } from 'drizzle-orm';
import { DAY } from '../../time';
import { changed, must, type Ctx, type Statement } from '../context';
import * as language from '../language';
import * as outbox from '../mail/outbox';
import * as settings from '../settings';
import { due, grouped, type Due } from './due';
import { messageOf } from './message';
import { nextMorning } from './mornings';
import { readable } from './rows';

const TOGETHER = 20;
/** A run starts again if others took some of its notifications. */
const ROUNDS = 3;

/** Texts are read now, so hidden ones are not mailed. A claim is in the commit of its mail, so parallel runs do no harm. */
export async function mailDue(ctx: Ctx, those?: SQL): Promise<number> {
  let written = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const people = grouped(await due(ctx, those));
    if (people.length === 0) break;
    const known = await settings.read(ctx);
    const site = { siteName: known.siteName, company: settings.companyOf(known) };
    let lost = 0;
    for (let i = 0; i < people.length; i += TOGETHER) {
      const mails = people.slice(i, i + TOGETHER).map((rows) => mailsTo(ctx, site, rows));
      const done = await writeMails(ctx, mails);
      written += done.written;
      lost += done.lost;
    }
    if (lost === 0) break;
  }
  return written;
}

interface PersonMails {
  /** Including those that the mails leave out. */
  notificationIds: number[];
  mails: outbox.QueuedMail[];
  digestUpdate: Statement | null;
}

function mailsTo(ctx: Ctx, site: { siteName: string; company: string }, rows: Due[]): PersonMails {
  const person = rows[0]!;
  const bySpace = [...Map.groupBy(rows, (row) => row.spaceId).values()];
  const taken = person.digest ? [rows] : bySpace.map((one) => goesNow(ctx, one));
  return {
    notificationIds: taken.flat().map((row) => row.id),
    mails: taken.flatMap((one) => {
      const told = one.filter(isTold).map((row) => readable(row, row.userId));
      if (told.length === 0) return [];
      return {
        to: person.email,
        locale: language.ofPerson(person),
        message: messageOf(ctx, site, told),
        spaceId: told.every((row) => row.spaceId === told[0]!.spaceId) ? told[0]!.spaceId : null,
        userId: person.userId,
      };
    }),
    digestUpdate: person.digest ? nextDigest(ctx, person) : null,
  };
}

const isTold = (row: Due): boolean => row.visible === 1 && row.wanted === 1 && row.seen === 0;

/** What waits goes along with a mail that is sent anyway, but causes none. */
function goesNow(ctx: Ctx, ofSpace: Due[]): Due[] {
  const isDue = (row: Due) => row.mailAt <= ctx.now;
  return ofSpace.some((row) => isDue(row) && isTold(row) && row.kind !== 'mention')
    ? ofSpace
    : ofSpace.filter(isDue);
}

/** If the zone is unknown, the same hour of the next day. */
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

/** If another run was faster, tries again with each half. */
async function writeMails(ctx: Ctx, people: PersonMails[]): Promise<{ written: number; lost: number }> {
  const ids = people.flatMap((person) => person.notificationIds);
  const mails = people.flatMap((person) => person.mails);
  const queued = await outbox.queueMany(ctx, mails);
  const { done } = await ctx.commit(
    [
      ctx.db.run(sql`
        update notification set mail_at = null
        where id in (select value from json_each(${JSON.stringify(ids)})) and mail_at is not null`),
      must(ctx, changed(ids.length)),
      ...queued.statements,
      ...people.map((person) => person.digestUpdate),
    ],
    { refusal: () => null },
  );
  if (!done) {
    if (people.length === 1) return { written: 0, lost: 1 };
    const half = people.length >> 1;
    const [a, b] = [await writeMails(ctx, people.slice(0, half)), await writeMails(ctx, people.slice(half))];
    return { written: a.written + b.written, lost: a.lost + b.lost };
  }
  return { written: mails.length, lost: 0 };
}
