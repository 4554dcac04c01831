import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { at, id } from './columns';
import { user } from './site';

/** One action on many guests or invitations ("Guest Management"), worked through in steps. Its id comes from the form, so a second post makes no second one. */
export const guestRun = sqliteTable(
  'guest_run',
  {
    id: id(),
    actorId: text('actor_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    /** A key of guests/many/actions.ts. */
    action: text('action').notNull(),
    createdAt: at('created_at').notNull(),
    total: integer('total').notNull(),
    /** Of all rows: how many have each outcome. */
    done: integer('done').notNull().default(0),
    already: integer('already').notNull().default(0),
    refused: integer('refused').notNull().default(0),
    changed: integer('changed').notNull().default(0),
  },
  (t) => [index('guest_run_by_actor').on(t.actorId), index('guest_run_by_age').on(t.createdAt)],
);

export const guestRunRow = sqliteTable(
  'guest_run_row',
  {
    runId: text('run_id')
      .notNull()
      .references(() => guestRun.id, { onDelete: 'cascade' }),
    /** The place in the list from which they were selected. */
    n: integer('n').notNull(),
    kind: text('kind', { enum: ['guest', 'invitation'] }).notNull(),
    /** Of the account or the invitation; either may have gone meanwhile. */
    subjectId: text('subject_id').notNull(),
    /** Null: still to be done. */
    outcome: text('outcome', { enum: ['done', 'already', 'refused', 'changed'] }),
    /** Why it was refused: a key of the dictionaries. */
    reason: text('reason'),
    /** A step has taken it; after a while another may. */
    claimedAt: at('claimed_at'),
    claimedBy: text('claimed_by'),
  },
  (t) => [
    primaryKey({ columns: [t.runId, t.n] }),
    index('guest_run_row_by_outcome').on(t.runId, t.outcome, t.n),
  ],
);
