/**
 * Formatters take longer to make than to use, and lists use the same one for every row: this makes each once.
 * @param make from words that name what is made. Only the last may have line breaks
 * @param most kept at a time: people may send any time zone, so the number is bounded
 */
export function kept<Words extends string[], Made>(
  make: (...words: Words) => Made,
  most = 500,
): (...words: Words) => Made {
  const all = new Map<string, Made>();
  return (...words) => {
    const name = words.join('\n');
    if (all.has(name)) return all.get(name)!;
    if (all.size >= most) all.clear();
    const made = make(...words);
    all.set(name, made);
    return made;
  };
}
