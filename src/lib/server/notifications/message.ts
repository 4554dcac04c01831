import type { Ctx } from '../context';
import type { MailMessage } from '../mail/messages';
import { excerpt } from '../markdown';
import { LONGEST, type Due } from './due';
import type { readable } from './rows';
import { unsubscribeUrl } from './unsubscribe-link';
import { hrefOf, ownWords, shortened } from './words';

/** Up to this many texts are quoted in full, of more only the beginning. */
const FEW = 5;
const MOST = 50;
/** Of those who joined or left: the rest is a number. */
const NAMED = 5;

export type Told = ReturnType<typeof readable<Due>>;

export function messageOf(ctx: Ctx, site: { siteName: string; company: string }, rows: Told[]): MailMessage {
  const { origin } = ctx.config;
  const { siteName } = site;
  const person = rows[0]!;
  const texts = rows.filter(isText);
  const others = rows.filter((row) => !isText(row));
  const one = (ids: (number | null)[]) => new Set(ids).size === 1 && ids[0] != null;
  const space = `${origin}/spaces/${person.spaceId}`;
  const foot = {
    unfollow:
      one(rows.map((row) => row.threadId)) &&
      rows.some((row) => row.reason === 'follows') &&
      `${space}/threads/${person.threadId}`,
    mute: one(rows.map((row) => row.spaceId)) && rows.some((row) => row.reason !== 'named') && space,
    reasons: [...new Set(rows.map((row) => row.reason))],
    unsubscribe: unsubscribeUrl(ctx, person.userId),
    settings: `${origin}/me#notification-mail`,
  };
  const eventOf = (row: Told) => ({
    ...actorOf(row),
    event: row.kind as Exclude<Told['kind'], 'join' | 'leave' | 'decline' | 'bounce'>,
    ...(row.forCompany === 1 && { onlyFor: site.company }),
    files: JSON.parse(row.files) as { name: string; size: number }[],
    url: origin + hrefOf(row),
  });
  const threadOf = (row: Told) => ({
    spaceName: row.space!,
    threadTitle: shortened(row.thread || row.space!, 100),
  });
  if (others.length === 0 && texts.length === 1) {
    return {
      kind: 'notification',
      siteName,
      ...threadOf(person),
      threadId: person.threadId!,
      answer: person.commentId !== null,
      ...eventOf(person),
      ...textOf(person),
      ...foot,
    };
  }
  const few = texts.length <= FEW;
  const threads = [...Map.groupBy(texts.slice(0, MOST), (row) => row.threadId).values()];
  const moves = [...Map.groupBy(others, (row) => `${row.spaceId} ${row.kind}`).values()];
  return {
    kind: 'digest',
    siteName,
    count: rows.length,
    texts: texts.length,
    threads: threads.map((events) => ({
      ...threadOf(events[0]!),
      id: events[0]!.threadId!,
      spaceId: events[0]!.spaceId!,
      events: events.map((row) => ({
        ...eventOf(row),
        ...(few ? textOf(row) : { text: excerpt(ownWords(row.text), 280), plain: true, cut: false }),
        at: row.createdAt,
      })),
    })),
    joined: moves.map((rows) => {
      // Who was removed and invited again is one person.
      const people = [...new Map(rows.map((row) => [row.actorId, row])).values()];
      return {
        spaceId: rows[0]!.spaceId,
        spaceName: rows[0]!.space,
        ...(rows[0]!.kind === 'leave' && { left: true }),
        people: people.slice(0, NAMED).map(actorOf),
        count: people.length,
        url: origin + hrefOf(rows[0]!),
      };
    }),
    timeZone: person.timeZone ?? 'UTC',
    url: threads.length + moves.length === 1 ? origin + hrefOf(person) : `${origin}/notifications`,
    ...foot,
  };
}

const isText = ({ kind }: Told): boolean => kind !== 'join' && kind !== 'leave';

/** The company of a guest, null for a user. */
const actorOf = (row: Told) => ({
  actorName: row.actor,
  guestOf: row.actorKind === 'guest' ? row.company : null,
});

const textOf = ({ text, marks }: Told) => ({
  text: text.slice(0, LONGEST).toWellFormed(),
  marks: marks
    .filter(({ to }) => to <= LONGEST)
    .map(({ from, to, name, guest }) => ({ from, to, name, guest })),
  cut: text.length > LONGEST,
});
