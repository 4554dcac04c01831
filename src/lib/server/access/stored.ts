/** What is stored with a text so that visibility costs pages nothing: counters, owner, tokens of the search index. */
import { sql, type SQL } from 'drizzle-orm';
import type { Mention } from '../schema';
import { isOpen, type Audience } from './audience';
import { guestsSeeEachOther, type Reader } from './visibility';

export interface Author {
  authorId: string;
  authorKind: 'user' | 'guest';
}

/**
 * Guests' counters skip what is only for the company, and those of guests who see no others also what guests wrote.
 * @param comment its row exists when this runs
 * @param by 1: it came, at this time; -1: it goes
 */
export function counterChanges(
  comment: Pick<Author, 'authorKind'> & { id: number | SQL },
  by: 1 | -1,
  at?: number,
) {
  const ifOpen = (then: number): SQL =>
    sql`iif((select ${isOpen('c')} from comment c where c.id = ${comment.id}), ${then}, 0)`;
  const came = at !== undefined;
  const byUser = comment.authorKind === 'user';
  return {
    commentCount: sql`comment_count + ${by}`,
    publicCommentCount: sql`public_comment_count + ${ifOpen(by)}`,
    ...(byUser && { staffCommentCount: sql`staff_comment_count + ${ifOpen(by)}` }),
    ...(came && { lastActivityAt: sql`max(last_activity_at, ${at})` }),
    ...(came && { publicActivityAt: sql`max(public_activity_at, ${ifOpen(at)})` }),
    ...(came && byUser && { staffActivityAt: sql`max(staff_activity_at, ${ifOpen(at)})` }),
  };
}

/** A comment that was only for the company becomes visible to guests. */
export const openedChanges = ({ authorKind }: Pick<Author, 'authorKind'>, at: number) => ({
  publicCommentCount: sql`public_comment_count + 1`,
  publicActivityAt: sql`max(public_activity_at, ${at})`,
  ...(authorKind === 'user' && {
    staffCommentCount: sql`staff_comment_count + 1`,
    staffActivityAt: sql`max(staff_activity_at, ${at})`,
  }),
});

/** Null if all authors are users, `NOBODY` for two guests, because neither sees both texts. */
export const ownerOf = (authors: Author[]): string | null => {
  const guests = new Set(authors.flatMap((a) => (a.authorKind === 'guest' ? [a.authorId] : [])));
  return guests.size > 1 ? NOBODY : ([...guests][0] ?? null);
};
const NOBODY = '-';

/** Whether a guest of the space may read what consists of these texts, such as a comment and its thread. */
export const mayRead = (
  guest: string,
  space: Parameters<typeof guestsSeeEachOther>[0],
  texts: (Author & { audience: Audience })[],
): boolean =>
  texts.every(({ audience }) => audience === null) &&
  (guestsSeeEachOther(space) || [null, guest].includes(ownerOf(texts)));

/** SQL: `ownerOf` a thread's author and whoever adds to it. The thread exists when this runs. */
export const ownerWith = (threadId: number | SQL, by: { id: string; kind: 'user' | 'guest' }): SQL =>
  sql`(select ${
    by.kind === 'user'
      ? sql`iif(u.kind = 'guest', u.id, null)`
      : sql`iif(u.kind = 'guest' and u.id <> ${by.id}, ${NOBODY}, ${by.id})`
  } from thread t join user u on u.id = t.author_id where t.id = ${threadId})`;

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
