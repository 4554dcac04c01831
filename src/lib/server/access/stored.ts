/** What is stored with a text so that visibility costs pages nothing: counters, owner, tokens of the search index. */
import { sql, type SQL } from 'drizzle-orm';
import type { Mention } from '../schema';
import { audience } from './audience';
import { stranger, type Reader } from './visibility';

export interface Author {
  authorId: string;
  authorKind: 'user' | 'guest';
}

/**
 * Counters without guests' texts skip guests' comments, and all skip restricted ones, since everybody in the space reads them.
 * @param comment its row exists when this runs
 * @param by 1: it came, at this time; -1: it goes
 */
export function counterChanges(
  comment: Pick<Author, 'authorKind'> & { id: number | SQL },
  by: 1 | -1,
  at?: number,
) {
  const allows = audience.allows(stranger, 'c');
  const ifOpen = (then: SQL): SQL =>
    allows ? sql`iif((select ${allows} from comment c where c.id = ${comment.id}), ${then}, 0)` : then;
  const number = ifOpen(sql.raw(String(by)));
  const time = at === undefined ? null : ifOpen(sql`${at}`);
  const byUser = comment.authorKind === 'user';
  return {
    commentCount: sql`comment_count + ${number}`,
    ...(time && { lastActivityAt: sql`max(last_activity_at, ${time})` }),
    ...(byUser && { staffCommentCount: sql`staff_comment_count + ${number}` }),
    ...(byUser && time && { staffActivityAt: sql`max(staff_activity_at, ${time})` }),
  };
}

/** Null if all authors are users, `NOBODY` for two guests, because neither sees both texts. */
export const ownerOf = (authors: Author[]): string | null => {
  const guests = new Set(authors.flatMap((a) => (a.authorKind === 'guest' ? [a.authorId] : [])));
  return guests.size > 1 ? NOBODY : ([...guests][0] ?? null);
};
const NOBODY = '-';

const guestsIn = (mentions: Mention[]) => new Set(mentions.flatMap((m) => (m.guest ? [m.id] : [])));

export const namesGuests = (mentions: Mention[]): boolean => guestsIn(mentions).size > 0;

/**
 * Tokens of the search index: `company` or `u<id>` of a guest, if text and thread have one owner; `f<id>` for a guest who may
 * read all of it although guests are hidden. @param authors of the thread, then of the comment
 */
export function scopeOf(authors: Author[], mentions: Mention[]): string {
  const owner = ownerOf(authors);
  const author = authors.at(-1)!;
  const named = guestsIn(mentions);
  const [reader] = author.authorKind === 'guest' ? [author.authorId] : named.size === 1 ? [...named] : [];
  return [
    owner === null ? 'company' : owner === NOBODY ? '' : `u${owner}`,
    reader === undefined ? '' : `f${reader}`,
  ].join(' ');
}

/** An FTS5 expression over these tokens. @param open matches texts without guests' names; `all`: these names too */
export const foundByGuest = ({ id }: Pick<Reader, 'id'>, open: string | null, all: string | null): string =>
  `scope : ("company" OR "u${id}") AND ((${open}) OR (scope : "f${id}" AND ${all}))`;
