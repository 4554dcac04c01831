/**
 * The end of a list's page in the address of the next one. Keys end in a unique id and contain values, so a list continues even
 * if its last row was deleted. The condition must compare names as the order does: folded (folded.ts) or by bytes.
 */
import { decodeBase64urlIgnorePadding, encodeBase64urlNoPadding } from '@oslojs/encoding';

export type Key = (string | number)[];
type Kind = 'text' | 'number';
type KeyOf<Shape extends Kind[]> = { [I in keyof Shape]: Shape[I] extends 'text' ? string : number };

export interface Page<Row> {
  rows: Row[];
  /** For the address of the next page; null on the last. */
  next: string | null;
}

const LONGEST = 4_000;

/** From a query with `.limit(size + 1)`: the extra row only shows that there is more. */
export function paged<Row>(found: Row[], size: number, keyOf: (row: Row) => Key): Page<Row> {
  const rows = found.slice(0, size);
  const last = rows.at(-1);
  return { rows, next: found.length > size && last !== undefined ? write(keyOf(last)) : null };
}

export const write = (key: Key): string =>
  encodeBase64urlNoPadding(new TextEncoder().encode(JSON.stringify(key)));

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
