/**
 * Lists that go on: how the end of a page is written into the address of the next one, and read from it.
 *
 * A list is ordered by a key that no two rows share (its last part is an id), and the next page begins behind the key of
 * the last row shown. The key holds values, not only an id: the row may be gone by then, and the list still goes on.
 * Names stand in the order of their fold (folded.ts), or as SQLite compares bytes; the condition compares them as the order does.
 */
import { decodeBase64urlIgnorePadding, encodeBase64urlNoPadding } from '@oslojs/encoding';

export type Key = (string | number)[];
type Kind = 'text' | 'number';
type KeyOf<Shape extends Kind[]> = { [I in keyof Shape]: Shape[I] extends 'text' ? string : number };

export interface Page<Row> {
  rows: Row[];
  /** What the address of the next page carries; null: this is the last one. */
  next: string | null;
}

/** A longer text is no key of ours: names end at 128 code points, addresses at 320 characters. */
const LONGEST = 4_000;

/**
 * The page out of what a query found with `.limit(size + 1)`: the row too many only says that there is more.
 * @param keyOf what the list is ordered by, in that order
 */
export function paged<Row>(found: Row[], size: number, keyOf: (row: Row) => Key): Page<Row> {
  const rows = found.slice(0, size);
  const last = rows.at(-1);
  return { rows, next: found.length > size && last !== undefined ? write(keyOf(last)) : null };
}

export const write = (key: Key): string =>
  encodeBase64urlNoPadding(new TextEncoder().encode(JSON.stringify(key)));

/** The key in an address. What nobody of us wrote begins at the first page: null. */
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
