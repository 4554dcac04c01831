/** Times are milliseconds UTC named `…_at`. */
import { integer, text } from 'drizzle-orm/sqlite-core';

/** 16 random base32 characters. Spaces, threads and comments have integers instead. */
export const id = () => text('id').primaryKey();
export const at = (name: string) => integer(name);
export const folded = () => text('folded');
export const flag = (name: string) => integer(name, { mode: 'boolean' });

/** No foreign key, because it was added later; the row goes with its thread. */
export const spaceId = () => integer('space_id').notNull();

/** In UTF-16 units of the stored text, including the @. `like`: only similar to the name, so only hidden. */
export type Place = [from: number, to: number, like?: 'like'];
/** Somebody named in a text (mentions/grammar/). Older rows have no places. */
export interface Mention {
  id: string;
  name: string;
  guest?: boolean;
  /** Had left already: hidden from other guests, but neither notified nor marked. */
  quiet?: boolean;
  at?: Place[];
  title?: Place[];
}
export const mentions = () => text('mentions', { mode: 'json' }).$type<Mention[]>().notNull().default([]);

/** Null: everybody in the space. Asked by access/audience.ts only. */
export const audience = () => text('audience', { enum: ['company'] });
