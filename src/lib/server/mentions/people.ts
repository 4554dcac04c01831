/** Whom a text in a space may name, whom it does name, and who is notified. */
import { and, eq, sql } from 'drizzle-orm';
import { fold, sameWords } from '../../fold';
import { isForCompany, person, viewerOf, visibleTo, type Audience } from '../access';
import type { SignedIn } from '../context';
import * as markdown from '../markdown';
import { invitation, isOpenInvitation, user, type Mention } from '../schema';
import * as grammar from './grammar';

export const marksOf = (text: string, namings: grammar.Naming[], viewerId: string, authorId: string) =>
  namings.flatMap((naming) => {
    const { from, to } = naming;
    const who = naming.who.filter((m) => !m.quiet && m.id !== authorId);
    const [first] = who;
    if (!first || naming.like || !grammar.calls(text, naming)) return [];
    const typed = text.slice(from + 1, to);
    if (grammar.isLaidAside(typed, first.name)) return [];
    return {
      from,
      to,
      name: [typed, grammar.unmarked(typed)].some((name) => sameWords(first.name, name)) ? first.name : typed,
      guest: first.guest,
      me: who.some((m) => m.id === viewerId),
      who,
    };
  });

/**
 * Guests who have left too. Users may also name invited guests, by address if need be, so that they are hidden once they join.
 */
export const nameableQuery = (ctx: SignedIn, spaceId: number, ...texts: string[]) => {
  const may = texts.some(grammar.mayName);
  const invited = may && ctx.actor.kind === 'user';
  return ctx.db
    .select({
      id: sql<string>`${user.id}`.as('id'),
      name: sql<string>`${user.name}`.as('name'),
      email: sql<string>`${user.email}`.as('email'),
      company: sql<string>`${user.company}`.as('company'),
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
              where ${invited ? 1 : 0} and i.space_id = ${spaceId} and ${isOpenInvitation('i')})
            and ${visibleTo(viewerOf(ctx), { spaceId }, person('user'))}`
        : sql`0`,
    )
    .unionAll(
      ctx.db
        .select({
          id: sql<string>`${invitation.id}`.as('id'),
          name: sql<string>`''`.as('name'),
          email: sql<string>`${invitation.email}`.as('email'),
          company: sql<string>`''`.as('company'),
          kind: sql<'user' | 'guest'>`'guest'`.as('kind'),
          here: sql<number>`0`.as('here'),
        })
        .from(invitation)
        .where(invited ? and(eq(invitation.spaceId, spaceId), isOpenInvitation()) : sql`0`),
    );
};

/**
 * Guests named in a thread: a quotation may contain names that nobody has any more. What is only for the company decides nothing
 * about a text for everybody. For a batch.
 */
export const namedBeforeQuery = (ctx: SignedIn, threadId: number, ...texts: string[]) =>
  ctx.db
    .select({
      title: sql<string>`title`.as('title'),
      body: sql<string>`body`.as('body'),
      mentions: sql<string>`mentions`.as('mentions'),
      forCompany: sql<number>`for_company`.as('for_company'),
    })
    .from(
      sql`(select title, body, mentions, ${isForCompany('thread')} for_company from thread where id = ${threadId} and mentions <> '[]'
        union all select '', body, mentions, ${isForCompany('comment')} from comment where thread_id = ${threadId} and mentions <> '[]')`,
    )
    .where(texts.some(grammar.mayName) ? sql`instr(mentions, '"guest":true') > 0` : sql`0`);

interface Before {
  title: string;
  body: string;
  mentions: string | Mention[];
  forCompany?: number;
}
type People = Omit<Awaited<ReturnType<typeof nameableQuery>>[number], 'company'>[];

/** By their current names, and as earlier texts named them. */
function nameables(ctx: SignedIn, people: People, before: Before[]): grammar.Nameable[] {
  const all: grammar.Nameable[] = people.map(({ id, name, email, kind, here }) => ({
    id,
    name,
    // Guests do not see addresses, so they name nobody by one.
    email: ctx.actor.kind === 'guest' ? '' : email,
    guest: kind === 'guest',
    quiet: !here,
  }));
  const known = new Set(
    all.flatMap(({ id, name, email }) => [`${id} ${fold(name)}`, `${id} ${fold(email!)}`]),
  );
  for (const { title, body, mentions } of before) {
    const stored = typeof mentions === 'string' ? (JSON.parse(mentions) as Mention[]) : mentions;
    for (const form of [...grammar.formsOf(body, stored), ...grammar.formsOf(title, stored, 'title')]) {
      const key = `${form.id} ${fold(form.name)}`;
      if (form.guest && !known.has(key)) all.push(form);
      known.add(key);
    }
  }
  return all;
}

/** A guest named in a text that is only for the company is not called by it. */
export function recognised(
  ctx: SignedIn,
  text: { title?: string; body: string; audience?: Audience },
  people: People,
  before: Before[],
): { mentions: Mention[]; told: string[] } {
  const forCompany = text.audience === 'company';
  const all = nameables(
    ctx,
    people,
    before.filter((one) => forCompany || one.forCompany !== 1),
  ).map((one) => (forCompany && one.guest ? { ...one, quiet: true } : one));
  const mentions: Mention[] = grammar.find(text.body, all);
  for (const { at, ...who } of grammar.find(text.title ?? '', all)) {
    const known = mentions.find(({ id }) => id === who.id);
    if (known) known.title = at;
    else mentions.push({ ...who, at: [], title: at });
  }
  return { mentions, told: toldBy(ctx, { body: text.body, mentions }) };
}

export function withoutNames(
  ctx: SignedIn,
  text: { title: string; body: string; mentions: Mention[] },
  people: People,
): { title: string; body: string } {
  const { mentions } = recognised(ctx, text, people, [text]);
  const nobody = (words: string, part: 'at' | 'title') =>
    grammar.without(words, mentions, () => true, part).text;
  return { title: nobody(text.title, 'title'), body: nobody(text.body, 'at') };
}

/** Somebody named only in a quotation is not notified again. */
export function toldBy(ctx: SignedIn, { body, mentions }: { body: string; mentions: Mention[] }): string[] {
  const { text, namings } = grammar.without(body, mentions, () => false);
  const me = ctx.actor.id;
  const calls = [...markdown.own(text, marksOf(text, namings, me, me))];
  return [...new Set(calls.flatMap(({ who }) => who.map(({ id }) => id)))];
}
