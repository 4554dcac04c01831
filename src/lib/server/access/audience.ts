/** Whom a text is for: everybody in its space, or only the company's people there. Only this file reads the column `audience`. */
import { sql, type SQL, type SQLWrapper } from 'drizzle-orm';

/** Who is reading: one person, or columns of a query about many. */
export interface Viewer {
  id: string | SQLWrapper;
  kind: 'user' | 'guest' | SQLWrapper;
}

/** Null: everybody in the space. */
export type Audience = 'company' | null;

/** SQL: for everybody in the space. @param row the name or alias of a row of `thread`, `comment`, `file` or `space_event` */
export const isOpen = (row: string): SQL => sql.raw(`${row}.audience is null`);

/** SQL, in a write to a table: whether the row's audience is still this one. */
export const isFor = (audience: Audience): SQL => sql`audience is ${audience}`;

/** SQL: 1 if it is only for the company, for the words that say so. */
export const isForCompany = (...rows: string[]): SQL<number> =>
  sql<number>`(${sql.join(
    rows.map((row) => sql.raw(`${row}.audience is not null`)),
    sql` or `,
  )})`;

/** SQL: whether it is for the viewer. Null: it always is. A left join without a row is for everybody. */
export const allows = ({ kind }: Viewer, row: string): SQL | null =>
  kind === 'user' ? null : kind === 'guest' ? isOpen(row) : sql`(${kind} = 'user' or ${isOpen(row)})`;

type Id = number | SQL | null;

/** SQL: the audience of what happens to a text. */
export const audienceOf = (thread: Id, comment: Id): SQL =>
  sql`coalesce((select t.audience from thread t where t.id = ${thread}), (select c.audience from comment c where c.id = ${comment}))`;
