import { sql } from 'drizzle-orm';
import { shows } from '../../text';
import { isPresent, type Audience, type FoundSpace } from '../access';
import type { Actor, SignedIn } from '../context';
import { hashToken } from '../crypto';
import * as markdown from '../markdown';
import { marksOf } from '../mentions/people';
import { readable } from '../mentions/redaction';
import { comment, thread, user, type Mention } from '../schema';
import type { mayOf } from './may';

export const textColumns = {
  comment: {
    id: comment.id,
    body: comment.body,
    mentions: comment.mentions,
    audience: comment.audience,
    openedAt: comment.openedAt,
    createdAt: comment.createdAt,
    editedAt: comment.editedAt,
    authorId: comment.authorId,
    author: user.name,
    authorKind: user.kind,
    company: user.company,
    avatar: user.avatar,
    present: isPresent(sql.raw('comment.space_id')).as('present'),
  },
  thread: {
    id: thread.id,
    title: thread.title,
    body: thread.body,
    mentions: thread.mentions,
    audience: thread.audience,
    openedAt: thread.openedAt,
    createdAt: thread.createdAt,
    editedAt: thread.editedAt,
    authorId: thread.authorId,
    author: user.name,
    authorKind: user.kind,
    company: user.company,
    avatar: user.avatar,
    present: isPresent(sql.raw('thread.space_id')).as('present'),
  },
};

interface TextRow {
  id: number;
  title?: string;
  body: string;
  mentions: Mention[];
  audience: Audience;
  openedAt: number | null;
  createdAt: number;
  editedAt: number | null;
  authorId: string;
  author: string;
  authorKind: 'user' | 'guest';
  company: string;
  avatar: string | null;
  present: number;
}

export const present = (
  ctx: SignedIn,
  found: FoundSpace,
  row: TextRow,
  { own, react, edit, delete: remove, open, replace }: ReturnType<typeof mayOf>,
) => ({
  id: row.id,
  author: row.author,
  authorId: row.authorId,
  company: row.company,
  guest: row.authorKind === 'guest',
  avatar: row.present === 1 ? row.avatar : null,
  card: row.present === 1 && found.showPeople,
  own,
  createdAt: row.createdAt,
  editedAt: editedAt(ctx, row),
  html: htmlOf(ctx, found, row),
  forCompany: row.audience !== null,
  openedAt: ctx.actor.kind === 'user' ? row.openedAt : null,
  ticking: edit ? stampOf(row.body, tasksOf(ctx, found, row)) : null,
  may: { react, edit, delete: remove, open, replace },
});

/** Guests see no versions from before they could see the text. */
const editedAt = ({ actor }: SignedIn, { editedAt: at, openedAt }: TextRow): number | null =>
  actor.kind === 'guest' && at !== null && at <= (openedAt ?? 0) ? null : at;

/** For a guest, what was only for the company is new once it is visible to them. */
export const knownSince = (
  { actor }: { actor: Pick<Actor, 'kind'> },
  { createdAt, openedAt }: Pick<TextRow, 'createdAt' | 'openedAt'>,
): number => (actor.kind === 'user' ? createdAt : (openedAt ?? createdAt));

function htmlOf(ctx: SignedIn, found: FoundSpace, row: TextRow): string {
  const { text, namings } = readable(found.reader, row);
  return markdown.render(text, marksOf(text, namings, ctx.actor.id, row.authorId));
}

/** The check-boxes of an own text, as its author sees it: with every name. */
export function tasksOf(ctx: SignedIn, found: FoundSpace, row: TextRow): markdown.Task[] {
  const { namings } = readable(found.reader, row);
  return markdown.tasks(row.body, marksOf(row.body, namings, ctx.actor.id, row.authorId));
}

/** Of a text but for its ticks: as long as it is the same, so are the places of its boxes. Null without boxes. */
export const stampOf = (body: string, all: markdown.Task[]): string | null =>
  all.length === 0 ? null : hashToken(markdown.unticked(body, all)).slice(0, 16);

/** Like `&nbsp;` or a lone `#`. A line or a checkbox is visible. */
export const showsNothing = (body: string): boolean =>
  !shows(body) ||
  !shows(
    markdown
      .render(body)
      .replace(/<(?:hr|input)/g, '—$&')
      .replace(/<[^<>]*>/g, ''),
  );

/** SQL: the id that the batch gives a text, by its form's key. */
export const threadOf = (requestKey: string) =>
  sql`(select id from thread where request_key = ${requestKey})`;
export const commentOf = (requestKey: string) =>
  sql`(select id from comment where request_key = ${requestKey})`;
