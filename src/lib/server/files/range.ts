/**
 * The part of a file that a request asks for (RFC 9110 §14). One range only; several, or one that we do not understand,
 * mean the whole file (null).
 *
 * R2 could read the header itself, but its answer does not tell a range that covers the whole file (206, which players
 * ask for first) from a header that it ignored (200), nor from a range beyond the end (416).
 */
export function rangeOf(
  header: string | null,
  size: number,
): { offset: number; length: number } | 'beyond-end' | null {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '') ?? [];
  if (first === undefined || (first === '' && last === '')) return null;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'beyond-end' : { offset: size - length, length };
  }
  const offset = Number(first);
  if (last !== '' && Number(last) < offset) return null;
  if (offset >= size) return 'beyond-end';
  return { offset, length: Math.min(last === '' ? Infinity : Number(last) + 1, size) - offset };
}
