/** What a thread's first text and a comment have in common: an author, words, people they name, files, reactions. */
import { sql, type SQL } from 'drizzle-orm';
import { REACTIONS } from '../../reactions';
import type { Ctx } from '../context';
import { Refusal } from '../errors';
import * as markdown from '../markdown';
import { can } from '../policy';
import { comment, thread, user, type Mention } from '../schema';
import * as spaces from '../spaces';

/** What the queries below select of a text. */
export const textColumns = {
  comment: {
    id: comment.id,
    body: comment.body,
    mentions: comment.mentions,
    createdAt: comment.createdAt,
    editedAt: comment.editedAt,
    authorId: comment.authorId,
    author: user.name,
    authorKind: user.kind,
    company: user.company,
  },
  thread: {
    id: thread.id,
    title: thread.title,
    body: thread.body,
    mentions: thread.mentions,
    createdAt: thread.createdAt,
    editedAt: thread.editedAt,
    authorId: thread.authorId,
    author: user.name,
    authorKind: user.kind,
    company: user.company,
  },
};

interface TextRow {
  id: number;
  body: string;
  mentions: Mention[];
  createdAt: number;
  editedAt: number | null;
  authorId: string;
  author: string;
  authorKind: 'user' | 'guest';
  company: string;
}

/** The words as the viewer may read them: where guests are hidden, other guests' names are none, but in the own words. */
export const wordsFor = (
  ctx: Ctx,
  found: spaces.Reached,
  text: { body: string; mentions: Mention[]; authorId: string },
): string => (found.seesGuests ? text.body : wordsForGuest(ctx.actor!.id, text));

/** The same for a guest who does not see others, whoever they are. */
export const wordsForGuest = (
  guestId: string,
  { body, mentions, authorId }: { body: string; mentions: Mention[]; authorId: string },
): string =>
  authorId === guestId
    ? body
    : markdown.withoutNames(body, mentions, (m) => m.guest === true && m.id !== guestId);

/** A text as its page shows it. */
export const present = (ctx: Ctx, found: spaces.Reached, row: TextRow, closed: boolean) => ({
  id: row.id,
  author: row.author,
  authorId: row.authorId,
  company: row.company,
  guest: row.authorKind === 'guest',
  own: row.authorId === ctx.actor!.id,
  createdAt: row.createdAt,
  editedAt: row.editedAt,
  html: markdown.render(wordsFor(ctx, found, row), {
    mentions: shownTo(ctx, found, row).map((m) => ({
      name: m.name,
      guest: m.guest,
      me: m.id === ctx.actor!.id,
    })),
  }),
  may: {
    edit: !closed && can(ctx.actor, 'text.edit', found.standing, row.authorId === ctx.actor!.id),
    delete: can(ctx.actor, 'text.delete', found.standing, row.authorId === ctx.actor!.id),
  },
});

/** The mentions that are marked: where guests are hidden, none of another guest. */
const shownTo = (ctx: Ctx, found: spaces.Reached, row: TextRow): Mention[] =>
  found.seesGuests || row.authorId === ctx.actor!.id
    ? row.mentions
    : row.mentions.filter((m) => !m.guest || m.id === ctx.actor!.id);

/** The people of a space whom a text of the actor names. `people`: of `spaces.peopleQuery`, so only who they see. */
export const mentioned = (
  ctx: Ctx,
  text: string,
  people: { id: string; name: string; email: string; kind: 'user' | 'guest' }[],
): Mention[] =>
  markdown
    .mentionsIn(text, spaces.nameable(ctx, people))
    .filter(({ id }) => id !== ctx.actor!.id)
    .map((m) => (people.some((p) => p.id === m.id && p.kind === 'guest') ? { ...m, guest: true } : m));

/** SQL: whether the author of a text exists for the viewer (see spaces.visible). Needs `user` joined. */
export const visibleAuthor = (ctx: Ctx, spaceId: number): SQL =>
  spaces.visible(ctx, spaceId, user.kind, user.id);

/** A reaction by its word, or a refusal. */
export function reactionOf(kind: string): string {
  const found = REACTIONS.find((known) => known.kind === kind);
  if (!found) throw new Refusal('invalid', { key: 'form.invalid' });
  return found.kind;
}

/** SQL: the id that the batch gives to a text, by the random key of its form. */
export const threadOf = (requestKey: string) =>
  sql`(select id from thread where request_key = ${requestKey})`;
export const commentOf = (requestKey: string) =>
  sql`(select id from comment where request_key = ${requestKey})`;
