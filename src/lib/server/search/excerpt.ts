/** A hit as shown: an excerpt around the first match, with matches marked. */
import type { Hit, Piece } from '../../search';
import * as markdown from '../markdown';
import type { Seen } from './hits';
import { placesOf } from './matches';
import type { Term } from './terms';

const EXCERPT = 240;

export function present(row: Seen, terms: Term[]): Hit {
  const thread = `/spaces/${row.spaceId}/threads/${row.threadId}`;
  return {
    space: { id: row.spaceId, name: row.spaceName },
    threadId: row.threadId,
    commentId: row.commentId,
    title: pieces(row.title, row.commentId === null ? terms : []),
    author: row.author,
    guest: row.guest === 1,
    company: row.company,
    avatar: row.avatar,
    forCompany: row.forCompany === 1,
    createdAt: row.createdAt,
    excerpt: around(row.body, terms),
    files: row.files
      .map(({ id, name }) => ({ id, name: pieces(name, terms) }))
      .filter(({ name }) => name.some((piece) => piece.hit)),
    href: row.commentId === null ? thread : `${thread}?comment=${row.commentId}#comment-${row.commentId}`,
  };
}

function pieces(text: string, terms: Term[]): Piece[] {
  const all: Piece[] = [];
  let from = 0;
  for (const [start, end] of placesOf(text, terms)) {
    if (start > from) all.push({ text: text.slice(from, start), hit: false });
    all.push({ text: text.slice(start, end), hit: true });
    from = end;
  }
  if (from < text.length) all.push({ text: text.slice(from), hit: false });
  return all;
}

/** The beginning if the match is elsewhere (title, file, address). */
function around(body: string, terms: Term[]): Piece[] {
  // A long text is rendered only around the match.
  const rough = body.length > 4_000 ? Math.max(0, (placesOf(body, terms)[0]?.[0] ?? 0) - 500) : 0;
  const plain = markdown.words(body.slice(rough, rough + 4_000));
  const first = placesOf(plain, terms)[0]?.[0] ?? 0;
  let from = Math.max(0, first - 80);
  // Not within a word, in scripts with spaces, and never within a character.
  if (from > 0) from += Math.max(0, plain.slice(from, first).search(/(?<=\s)\S/));
  if (/[\udc00-\udfff]/.test(plain[from] ?? '')) from++;
  let to = Math.min(plain.length, from + EXCERPT);
  if (to < plain.length) {
    const space = plain.lastIndexOf(' ', to);
    if (space > to - 24) to = space;
    if (/[\ud800-\udbff]/.test(plain[to - 1]!)) to--;
  }
  const before = from > 0 || rough > 0 ? '…' : '';
  const after = to < plain.length || rough + 4_000 < body.length ? '…' : '';
  return pieces(`${before}${plain.slice(from, to)}${after}`, terms);
}
