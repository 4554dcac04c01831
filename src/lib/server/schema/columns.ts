/** Columns that several tables have. Times are integer milliseconds UTC named `…_at`. */
import { integer, text } from 'drizzle-orm/sqlite-core';

/** 16 random base32 characters. Spaces, threads and comments have positive integers instead. */
export const id = () => text('id').primaryKey();
export const at = (name: string) => integer(name);
/** Names as they are compared (folded.ts); null: not folded yet. */
export const folded = () => text('folded');
export const flag = (name: string) => integer(name, { mode: 'boolean' });

/** Of a row that goes with its thread: the thread's. (Added later than the thread's id, so without a reference of its own.) */
export const spaceId = () => integer('space_id').notNull();

/** From and to, in UTF-16 units of the text as it is stored; the @ is within. `like`: it could only be taken for the name. */
export type Place = [from: number, to: number, like?: 'like'];
/** Somebody whom a text names: who it was, by which name, and where (mentions/grammar.ts). Older rows have no places. */
export interface Mention {
  id: string;
  name: string;
  guest?: boolean;
  /** Neither told nor marked: somebody who was not here any more. Hidden from other guests nevertheless. */
  quiet?: boolean;
  at?: Place[];
  /** Of a thread: in its title. */
  title?: Place[];
}
export const mentions = () => text('mentions', { mode: 'json' }).$type<Mention[]>().notNull().default([]);
