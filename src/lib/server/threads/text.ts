/** What a thread's first text and a comment have in common: an author, words, people they name, files, reactions. */
import { and, eq, inArray, sql, type SQL } from 'drizzle-orm';
import { fold, sameWords } from '../../fold';
import { REACTIONS } from '../../reactions';
import { shows } from '../../text';
import type { Ctx } from '../context';
import { Refusal } from '../errors';
import * as markdown from '../markdown';
import * as named from '../named';
import { can } from '../policy';
import { comment, invitation, thread, user, type Mention } from '../schema';
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
  title?: string;
  body: string;
  mentions: Mention[];
  createdAt: number;
  editedAt: number | null;
  authorId: string;
  author: string;
  authorKind: 'user' | 'guest';
  company: string;
}

type Named = Pick<TextRow, 'mentions' | 'authorId'>;

/** For a guest who does not see others: whose mentions are none. Nobody's, in the own words. */
const hiddenFrom =
  (guestId: string, { authorId }: Named) =>
  (m: Mention): boolean =>
    authorId !== guestId && m.guest === true && m.id !== guestId;

/** Whose mentions the viewer does not read. */
const hidden = (ctx: Ctx, found: spaces.Reached, text: Named) =>
  found.seesGuests ? () => false : hiddenFrom(ctx.actor!.id, text);

/** The words as the viewer may read them: where guests are hidden, other guests' names are none, but in the own words. */
export const wordsFor = (ctx: Ctx, found: spaces.Reached, text: Named & { body: string }): string =>
  named.without(text.body, text.mentions, hidden(ctx, found, text)).text;
/** The title of a thread, in the same way. */
export const titleFor = (ctx: Ctx, found: spaces.Reached, text: Named & { title: string }): string =>
  named.without(text.title, text.mentions, hidden(ctx, found, text), 'title').text;

/** The same for a guest who does not see others, whoever they are. */
export const wordsForGuest = (guestId: string, text: Named & { body: string }): string =>
  named.without(text.body, text.mentions, hiddenFrom(guestId, text)).text;
export const titleForGuest = (guestId: string, text: Named & { title: string }): string =>
  named.without(text.title, text.mentions, hiddenFrom(guestId, text), 'title').text;

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
  html: htmlOf(ctx, found, row),
  may: {
    edit: !closed && can(ctx.actor, 'text.edit', found.standing, row.authorId === ctx.actor!.id),
    delete: can(ctx.actor, 'text.delete', found.standing, row.authorId === ctx.actor!.id),
  },
});

function htmlOf(ctx: Ctx, found: spaces.Reached, row: TextRow): string {
  const { text, namings } = named.without(row.body, row.mentions, hidden(ctx, found, row));
  return markdown.render(text, marksOf(text, namings, ctx.actor!.id, row.authorId));
}

/** Who is called by their name. The author, who names themselves, is not. */
export const marksOf = (text: string, namings: named.Naming[], viewerId: string, authorId: string) =>
  namings.flatMap((naming) => {
    const { from, to } = naming;
    const who = naming.who.filter((m) => !m.quiet && m.id !== authorId);
    const [first] = who;
    if (!first || !named.calls(text, naming)) return [];
    const typed = text.slice(from + 1, to);
    if (named.isLaidAside(typed, first.name)) return [];
    return {
      from,
      to,
      name: [typed, named.unmarked(typed)].some((name) => sameWords(first.name, name)) ? first.name : typed,
      guest: first.guest,
      me: who.some((m) => m.id === viewerId),
      who,
    };
  });

/**
 * Whom a text in this space may name: everybody whom the actor sees, as many as they are, and guests who have left. Where the
 * company writes also guests who are invited, by their address if no more is known of them, so that it is hidden once they
 * have come. Nobody where the texts have no @. For a batch.
 */
export const nameableQuery = (ctx: Ctx, spaceId: number, ...texts: string[]) => {
  const may = texts.some(named.mayName);
  const invited = may && ctx.actor?.kind === 'user';
  return ctx.db
    .select({
      id: sql<string>`${user.id}`.as('id'),
      name: sql<string>`${user.name}`.as('name'),
      email: sql<string>`${user.email}`.as('email'),
      kind: sql<'user' | 'guest'>`${user.kind}`.as('kind'),
      here: sql<number>`${user.status} = 'active' and exists (select 1 from membership m
        where m.space_id = ${spaceId} and m.user_id = ${user.id})`.as('here'),
    })
    .from(user)
    .where(
      may
        ? sql`${user.id} in (select user_id from membership where space_id = ${spaceId}
            union select accepted_by from invitation where space_id = ${spaceId} and status = 'accepted'
            union select u.id from invitation i join user u on u.email = i.email
              where ${invited ? 1 : 0} and i.space_id = ${spaceId} and i.status in ('invited', 'expired'))
            and ${spaces.visible(ctx, spaceId, user.kind, user.id)}`
        : sql`0`,
    )
    .unionAll(
      ctx.db
        .select({
          id: sql<string>`${invitation.id}`.as('id'),
          name: sql<string>`''`.as('name'),
          email: sql<string>`${invitation.email}`.as('email'),
          kind: sql<'user' | 'guest'>`'guest'`.as('kind'),
          here: sql<number>`0`.as('here'),
        })
        .from(invitation)
        .where(
          invited
            ? and(eq(invitation.spaceId, spaceId), inArray(invitation.status, ['invited', 'expired']))
            : sql`0`,
        ),
    );
};

/** Guests whom the texts of a thread named, with their texts: a quotation of them may say names that nobody has any more. For a batch. */
export const namedBeforeQuery = (ctx: Ctx, threadId: number, ...texts: string[]) =>
  ctx.db
    .select({
      title: sql<string>`title`.as('title'),
      body: sql<string>`body`.as('body'),
      mentions: sql<string>`mentions`.as('mentions'),
    })
    .from(
      sql`(select title, body, mentions from thread where id = ${threadId} and mentions <> '[]'
        union all select '', body, mentions from comment where thread_id = ${threadId} and mentions <> '[]')`,
    )
    .where(texts.some(named.mayName) ? sql`instr(mentions, '"guest":true') > 0` : sql`0`);

interface Before {
  title: string;
  body: string;
  mentions: string | Mention[];
}
type People = Awaited<ReturnType<typeof nameableQuery>>;

/** Everybody whom a text of the actor may name: by their names of today, and as texts before it did. */
function nameables(ctx: Ctx, people: People, before: Before[]): named.Nameable[] {
  const all: named.Nameable[] = people.map(({ id, name, email, kind, here }) => ({
    id,
    name,
    // Guests know nobody's address.
    email: ctx.actor?.kind === 'guest' ? '' : email,
    guest: kind === 'guest',
    quiet: !here,
  }));
  const known = new Set(
    all.flatMap(({ id, name, email }) => [`${id} ${fold(name)}`, `${id} ${fold(email!)}`]),
  );
  for (const { title, body, mentions } of before) {
    const stored = typeof mentions === 'string' ? (JSON.parse(mentions) as Mention[]) : mentions;
    for (const form of [...named.formsOf(body, stored), ...named.formsOf(title, stored, 'title')]) {
      const key = `${form.id} ${fold(form.name)}`;
      if (form.guest && !known.has(key)) all.push(form);
      known.add(key);
    }
  }
  return all;
}

/** Whom a text names, and where; and who is to be told. */
export function recognised(
  ctx: Ctx,
  text: { title?: string; body: string },
  people: People,
  before: Before[],
): { mentions: Mention[]; told: string[] } {
  const all = nameables(ctx, people, before);
  const mentions: Mention[] = named.find(text.body, all);
  for (const { at, ...who } of named.find(text.title ?? '', all)) {
    const known = mentions.find(({ id }) => id === who.id);
    if (known) known.title = at;
    else mentions.push({ ...who, at: [], title: at });
  }
  return { mentions, told: toldBy(ctx, { body: text.body, mentions }) };
}

/** A text that names nobody of the space any more. `people`: of `nameableQuery`. */
export function withoutNames(
  ctx: Ctx,
  text: { title: string; body: string; mentions: Mention[] },
  people: People,
): { title: string; body: string } {
  const { mentions } = recognised(ctx, text, people, [text]);
  const nobody = (words: string, part: 'at' | 'title') =>
    named.without(words, mentions, () => true, part).text;
  return { title: nobody(text.title, 'title'), body: nobody(text.body, 'at') };
}

/** Whom a text of the actor calls: who is named in a quotation only is not told of it once more. */
export function toldBy(ctx: Ctx, { body, mentions }: { body: string; mentions: Mention[] }): string[] {
  const { text, namings } = named.without(body, mentions, () => false);
  const me = ctx.actor!.id;
  const calls = [...markdown.own(text, marksOf(text, namings, me, me))];
  return [...new Set(calls.flatMap(({ who }) => who.map(({ id }) => id)))];
}

/** Whether there is nothing to see of a text: `&nbsp;` or a lone `#` is as good as empty. A line or a box is something. */
export const showsNothing = (body: string): boolean =>
  !shows(body) ||
  !shows(
    markdown
      .render(body)
      .replace(/<(?:hr|input)/g, '—$&')
      .replace(/<[^<>]*>/g, ''),
  );

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
