/**
 * Lists with pages: how the end of a page is written into the address of the next one, and read from it.
 *
 * A list is ordered by a unique key (its last part is an id), and the next page begins after the key of the last row
 * shown. The key contains values, not only an id, so the list continues even if that row was deleted. Names are ordered
 * by their folded form (folded.ts) or by bytes; the condition must compare them in the same way.
 */
import { decodeBase64urlIgnorePadding, encodeBase64urlNoPadding } from '@oslojs/encoding';

export type Key = (string | number)[];
type Kind = 'text' | 'number';
type KeyOf<Shape extends Kind[]> = { [I in keyof Shape]: Shape[I] extends 'text' ? string : number };

export interface Page<Row> {
  rows: Row[];
  /** The key for the address of the next page; null on the last page. */
  next: string | null;
}

/** A longer text cannot be one of our keys: names have at most 128 code points, addresses 320 characters. */
const LONGEST = 4_000;

/** From a query with `.limit(size + 1)`; the extra row only shows that there is a next page. */
export function paged<Row>(found: Row[], size: number, keyOf: (row: Row) => Key): Page<Row> {
  const rows = found.slice(0, size);
  const last = rows.at(-1);
  return { rows, next: found.length > size && last !== undefined ? write(keyOf(last)) : null };
}

export const write = (key: Key): string =>
  encodeBase64urlNoPadding(new TextEncoder().encode(JSON.stringify(key)));

/** The key in an address; null (the first page) if it is not one of ours. */
export function read<const Shape extends Kind[]>(
  given: string | null | undefined,
  ...shape: Shape
): KeyOf<Shape> | null {
  if (!given || given.length > LONGEST) return null;
  try {
    const key: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(decodeBase64urlIgnorePadding(given)),
    );
    const fits =
      Array.isArray(key) &&
      key.length === shape.length &&
      shape.every((kind, i) =>
        kind === 'number' ? Number.isSafeInteger(key[i]) : typeof key[i] === 'string',
      );
    return fits
      ? (key.map((part) => (typeof part === 'string' ? part.toWellFormed() : part)) as KeyOf<Shape>)
      : null;
  } catch {
    return null;
  }
}
