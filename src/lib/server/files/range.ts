/**
 * RFC 9110 §14; several ranges, or one not understood, mean the whole file (null). R2 could read the header, but would not tell a
 * range over the whole file (206, which players ask for first) from an ignored header (200) or one beyond the end (416).
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
