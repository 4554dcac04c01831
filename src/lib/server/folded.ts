/**
 * Names as they are compared (SQLite's `lower` knows only ASCII). Code that writes a name writes `folded` too
 * (tests/architecture.test.ts). Older rows are null, and compared in lower case until cron folds them.
 */
import { and, or, sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import { asciiDomain, writingsOf } from '../addresses';
import { fold, unjoined } from '../fold';
import type { Ctx, Statement } from './context';
import { file, space, spaceTemplate, user } from './schema';

const LONGEST = 1_000;
/** The rest is searched as it stands. */
const WORDS = 10;

/** Name, address in all its spellings, company: one line each. */
export const person = (of: { name: string; email: string; company?: string }): string =>
  [of.name, writingsOf(of.email).join(' '), of.company ?? ''].map((part) => fold(part).trim()).join('\n');

/**
 * For a write of some of these, whose others were read before: what somebody else has changed since leaves null, which cron folds.
 */
export const personAsRead = (
  write: Parameters<typeof person>[0],
  { name, email, company }: Partial<Record<'name' | 'email' | 'company', string>>,
): SQL<string | null> =>
  sql`iif(${and(
    name === undefined ? undefined : sql`name = ${name}`,
    email === undefined ? undefined : sql`email = ${email}`,
    company === undefined ? undefined : sql`company = ${company}`,
  )}, ${person(write)}, null)`;

export const name = (of: string): string => fold(of).trim();

/** Never empty. */
export const fileName = (of: string): string => name(of) || of;

const peopleColumn = sql`coalesce(${user.folded}, lower(${user.name} || char(10) || ${user.email} || char(10) || ${user.company}))`;

const behind = (text: SQL): SQL => sql`substr(${text}, instr(${text}, char(10)) + 1)`;
/** The name or the company. */
const line = (nth: 1 | 3): SQL =>
  nth === 1
    ? sql`substr(${peopleColumn}, 1, instr(${peopleColumn}, char(10)) - 1)`
    : behind(behind(peopleColumn));

function wordsOf(typed: string, even: (text: string) => string = fold): string[] {
  const words = even(typed.slice(0, LONGEST)).trim().split(' ');
  return [...words.slice(0, WORDS), words.slice(WORDS).join(' ')].filter(Boolean);
}

// D1 limits LIKE patterns to 50 bytes.
const holds = (column: SQL, word: string): SQL => sql`instr(${column}, ${word}) > 0`;

const all = (conditions: SQL[]): SQL | undefined =>
  conditions.length > 0 ? sql.join(conditions, sql` and `) : undefined;

const holdsAll = (column: SQL, typed: string): SQL | undefined =>
  all(wordsOf(typed).map((word) => holds(column, word)));

/** SQL: a line begins with this, however its words are joined: 山田太郎 finds 山田 太郎. */
export const beginsJoined = (column: SQL, typed: string): SQL =>
  unjoined(typed) === ''
    ? sql`0`
    : holds(
        sql`char(10) || replace(replace(replace(replace(${column}, ' ', ''), '_', ''), '.', ''), '-', '')`,
        `\n${unjoined(typed)}`,
      );

/** SQL: the column contains each word, or one of its lines begins with the word, however joined. */
const isFound = (column: SQL, typed: string): SQL | undefined =>
  all(wordsOf(typed).map((word) => sql`(${holds(column, word)} or ${beginsJoined(column, word)})`));

export const isPerson = (typed: string): SQL | undefined => isFound(peopleColumn, typed);

export const spaceKey = sql<string>`coalesce(${space.folded}, lower(${space.name}))`;

/** Together, the columns contain each word. Undefined if nothing was typed. */
export function isAddress(typed: string, ...columns: SQLWrapper[]): SQL | undefined {
  const column = sql`lower(${sql.join(columns, sql` || ' ' || `)})`;
  // Addresses are not folded: the table has them as typed, and with the domain in ASCII.
  const ways = (word: string) =>
    [...new Set([fold(word), word.toLowerCase(), asDomain(word)])].map(
      (way) => sql`instr(${column}, ${way}) > 0`,
    );
  return and(...wordsOf(typed, (text) => text.replace(/\s+/gu, ' ')).map((word) => or(...ways(word))));
}

function asDomain(word: string): string {
  const at = word.lastIndexOf('@') + 1;
  const domain = /[^\x20-\x7e]/.test(word) ? asciiDomain(word.slice(at)) : null;
  return domain ? word.slice(0, at).toLowerCase() + domain : fold(word);
}

export const isSpace = (typed: string): SQL | undefined => holdsAll(spaceKey, typed);

/** @param of the alias of `file` */
export const isFile = (typed: string, of: string): SQL | undefined =>
  holdsAll(sql.raw(`${of}.folded`), typed);

export const isCalled = (typed: string): SQL | undefined =>
  isFound(sql`(${line(1)} || char(10) || ${line(3)})`, typed);

/** The name or the company of somebody in a space. @param of the alias of a row with the sort keys of `membership` */
export const isNamed = (typed: string, of: string): SQL | undefined =>
  isFound(sql.raw(`(${of}.name_key || char(10) || ${of}.company_key)`), typed);

/** In raw columns of `user`, the sort keys of memberships. */
const ofPerson = `coalesce(user.folded, lower(user.name) || char(10) || char(10) || lower(user.company))`;
export const nameKey: SQL = sql.raw(`substr(${ofPerson}, 1, instr(${ofPerson}, char(10)) - 1)`);
/** Users come first, guests without a company last. */
export const companyKey: SQL = sql`iif(user.kind = 'guest',
  coalesce(nullif(${behind(behind(sql.raw(ofPerson)))}, ''), char(1114111)), '')`;

export const sought = (typed: string): string => fold(typed.slice(0, LONGEST)).trim();

export const template = (of = 'space_template'): SQL =>
  sql`coalesce(${sql.raw(of)}.folded, lower(${sql.raw(of)}.name))`;

/** `of`: some statements give the table an alias. */
export const templateNamed = (typed: string, of?: string): SQL => sql`${template(of)} = ${name(typed)}`;

const PIECE = 200;

export async function foldDue(ctx: Ctx): Promise<void> {
  const { people, spaces, templates, files } = await ctx.read({
    people: ctx.db
      .select({ id: user.id, name: user.name, email: user.email, company: user.company })
      .from(user)
      .where(sql`folded is null`)
      .limit(PIECE),
    spaces: ctx.db
      .select({ id: space.id, name: space.name })
      .from(space)
      .where(sql`folded is null`)
      .limit(PIECE),
    templates: ctx.db
      .select({ id: spaceTemplate.id, name: spaceTemplate.name })
      .from(spaceTemplate)
      .where(sql`folded is null`)
      .limit(PIECE),
    files: ctx.db
      .select({ id: file.id, name: file.name })
      .from(file)
      .where(sql`folded = ''`)
      .limit(PIECE),
  });
  // A change of the name meanwhile has folded it.
  const fill = (
    table: 'user' | 'space' | 'space_template' | 'file',
    rows: { id: string | number; folded: string }[],
  ) =>
    rows.length > 0 &&
    ctx.db.run(sql`
      update ${sql.raw(table)} set folded = (select value ->> '$.folded' from json_each(${JSON.stringify(rows)}) where value ->> '$.id' = ${sql.raw(table)}.id)
      where coalesce(folded, '') = '' and id in (select value ->> '$.id' from json_each(${JSON.stringify(rows)}))`);
  const statements: (Statement | false)[] = [
    fill(
      'user',
      people.map((row) => ({ id: row.id, folded: person(row) })),
    ),
    fill(
      'space',
      spaces.map((row) => ({ id: row.id, folded: name(row.name) })),
    ),
    fill(
      'space_template',
      templates.map((row) => ({ id: row.id, folded: name(row.name) })),
    ),
    fill(
      'file',
      files.map((row) => ({ id: row.id, folded: fileName(row.name) })),
    ),
  ];
  if (statements.some(Boolean))
    await ctx.commit([
      ...statements,
      // Memberships are sorted by these names.
      ctx.db.run(sql`
        update membership set (name_key, company_key) =
          (select ${nameKey}, ${companyKey} from user where user.id = membership.user_id)
        where user_id in (select value from json_each(${JSON.stringify(people.map((row) => row.id))}))`),
    ]);
}
