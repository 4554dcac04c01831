/**
 * Whom a text is for. Now each is for everybody in its space. An audience of its own is a column of `thread`, `comment` and
 * `space_event` (a change outlives its text), and the condition here: visibility.ts puts it into every answer, also for
 * users. `server/audience.test.ts` makes it strict and looks at every surface.
 */
import type { SQL, SQLWrapper } from 'drizzle-orm';

/** Who is reading: one person, or columns of a query about many. */
export interface Viewer {
  id: string | SQLWrapper;
  kind: 'user' | 'guest' | SQLWrapper;
}

export const audience = {
  /**
   * SQL: whether a row is for the viewer. Null: it is for everybody in the space.
   * @param row the name or alias of a row of `thread`, `comment` or `space_event`
   */
  allows: (_viewer: Viewer, _row: string): SQL | null => null,
};
