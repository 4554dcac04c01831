/** Columns that several tables have. Times are integer milliseconds UTC named `…_at`. */
import { integer, text } from 'drizzle-orm/sqlite-core';

/** 16 random base32 characters. Spaces, threads and comments have positive integers instead. */
export const id = () => text('id').primaryKey();
export const at = (name: string) => integer(name);
/** Names in the form in which they are compared (folded.ts); null if not folded yet. */
export const folded = () => text('folded');
export const flag = (name: string) => integer(name, { mode: 'boolean' });

/** The space of a row's thread. (Added later than the thread's id, so it has no foreign key; the row goes with its thread.) */
export const spaceId = () => integer('space_id').notNull();

/** From and to, in UTF-16 units of the stored text, including the @. `like`: only similar to the name, so it is only hidden. */
export type Place = [from: number, to: number, like?: 'like'];
/** Somebody named in a text: who, by which name, and where (mentions/grammar/). Older rows have no places. */
export interface Mention {
  id: string;
  name: string;
  guest?: boolean;
  /** Somebody who had already left: neither notified nor marked, but hidden from other guests. */
  quiet?: boolean;
  at?: Place[];
  /** Of a thread: in its title. */
  title?: Place[];
}
export const mentions = () => text('mentions', { mode: 'json' }).$type<Mention[]>().notNull().default([]);
