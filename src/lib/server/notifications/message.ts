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

export type Told = ReturnType<typeof readable<Due>>;

export function messageOf(ctx: Ctx, site: { siteName: string; company: string }, rows: Told[]): MailMessage {
  const { origin } = ctx.config;
  const { siteName } = site;
  const person = rows[0]!;
  const unsubscribeLinks = {
    unsubscribe: unsubscribeUrl(ctx, person.userId),
    settings: `${origin}/me#notification-mail`,
  };
  const eventOf = (row: Told) => ({
    event: row.kind,
    actorName: row.actor,
    /** The company of a guest, null for a user. */
    guestOf: row.actorKind === 'guest' ? row.company : null,
    ...(row.forCompany === 1 && { onlyFor: site.company }),
    files: JSON.parse(row.files) as { name: string; size: number }[],
    url: origin + hrefOf(row.spaceId, row.threadId, row.commentId),
  });
  const threadOf = (row: Told) => ({
    spaceName: row.space,
    threadTitle: shortened(row.thread || row.space, 100),
  });
  if (rows.length === 1) {
    return {
      kind: 'notification',
      siteName,
      ...threadOf(person),
      threadId: person.threadId,
      answer: person.commentId !== null,
      ...eventOf(person),
      ...textOf(person),
      ...unsubscribeLinks,
    };
  }
  const few = rows.length <= FEW;
  const threads = [...Map.groupBy(rows.slice(0, MOST), (row) => row.threadId).values()];
  return {
    kind: 'digest',
    siteName,
    count: rows.length,
    threads: threads.map((events) => ({
      ...threadOf(events[0]!),
      id: events[0]!.threadId,
      spaceId: events[0]!.spaceId,
      events: events.map((row) => ({
        ...eventOf(row),
        ...(few ? textOf(row) : { text: excerpt(ownWords(row.text), 280), plain: true, cut: false }),
        at: row.createdAt,
      })),
    })),
    timeZone: person.timeZone ?? 'UTC',
    url: threads.length === 1 ? eventOf(person).url : `${origin}/notifications`,
    ...unsubscribeLinks,
  };
}

const textOf = ({ text, marks }: Told) => ({
  text: text.slice(0, LONGEST).toWellFormed(),
  marks: marks
    .filter(({ to }) => to <= LONGEST)
    .map(({ from, to, name, guest }) => ({ from, to, name, guest })),
  cut: text.length > LONGEST,
});
