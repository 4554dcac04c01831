/**
 * Whom a text is for: now, everybody in its space. To restrict it, add columns to `thread`, `comment` and `space_event` (a change
 * outlives its text) and the condition here. audience.test.ts checks every place that shows texts.
 */
import type { SQL, SQLWrapper } from 'drizzle-orm';

/** Who is reading: one person, or columns of a query about many. */
export interface Viewer {
  id: string | SQLWrapper;
  kind: 'user' | 'guest' | SQLWrapper;
}

export const audience = {
  /** SQL. Null: everybody in the space. @param row the name or alias of a row of `thread`, `comment` or `space_event` */
  allows: (_viewer: Viewer, _row: string): SQL | null => null,
};
