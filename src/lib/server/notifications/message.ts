import type { Ctx } from '../context';
import type { MailMessage } from '../mail/messages';
import { excerpt } from '../markdown';
import { LONGEST, type Due } from './due';
import { unsubscribeUrl } from './unsubscribe-link';
import { hrefOf, ownWords, shortened } from './words';

/** Up to this many texts are quoted in full, of more only the beginning. */
const FEW = 5;
const MOST = 50;

export function messageOf(ctx: Ctx, siteName: string, rows: Due[]): MailMessage {
  const { origin } = ctx.config;
  const person = rows[0]!;
  const unsubscribeLinks = {
    unsubscribe: unsubscribeUrl(ctx, person.userId),
    settings: `${origin}/me#notification-mail`,
  };
  /** The company of a guest, null for a user. */
  const guestOf = (row: Due) => (row.actorKind === 'guest' ? row.company : null);
  const urlOf = (row: Due) => origin + hrefOf(row.spaceId, row.threadId, row.commentId);
  const titleOf = (row: Due) => shortened(row.thread || row.space, 100);
  if (rows.length === 1) {
    return {
      kind: 'notification',
      siteName,
      event: person.kind,
      actorName: person.actor,
      guestOf: guestOf(person),
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
        guestOf: guestOf(row),
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
