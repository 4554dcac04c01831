/** Whether a secret that a maintainer chose can resist guessing. Says what is wrong with it, never what it is. */

/** What examples, tutorials and tired people write. Taken out before the rest is measured. */
const WELL_KNOWN =
  /secret|passw(?:or)?d|passphrase|token|set-?up|foyer|example|sample|dummy|placeholder|change|replace|insert|enter|your|this|here|with|random|string|value|test(?:ing)?|demo|admin|root|default|local(?:host)?|prod(?:uction)?|dev(?:elopment)?|letmein|welcome|please|long|very|characters?|super|key|qwert[yz](?:uiop)?|asdf(?:ghjkl)?|[yz]xcv(?:bnm)?|xxx+|lorem|ipsum|dolor/gi;

/**
 * @param minLength what is asked of its length
 * @returns the fault as the rest of a sentence about it, or null
 */
export function weakness(secret: string, minLength: number): string | null {
  // What is longer than any secret needs to be is measured by its beginning.
  const text = secret.trim().slice(0, 200);
  if (text.length < minLength) return `is shorter than ${minLength} characters`;
  // 32 random hexadecimal digits have fewer than 8 different ones about once in a hundred thousand times.
  if (new Set(text).size < minLength / 4) return 'has too few different characters';
  if (repeats(text)) return 'repeats itself';
  if (runs(text)) return 'counts or runs along the alphabet';
  // What is left of an example value is a few separators and digits.
  if (text.replace(WELL_KNOWN, '').replace(/[^\p{L}\p{N}]/gu, '').length < minLength / 2)
    return 'is made of well-known words';
  return null;
}

/** A word again and again: few of its groups of three characters are new ones. (Of random ones nearly all are.) */
function repeats(text: string): boolean {
  const lower = text.toLowerCase();
  const groups = lower.length - 2;
  const different = new Set(Array.from({ length: groups }, (_, i) => lower.slice(i, i + 3)));
  return different.size < groups * 0.7;
}

/** Neighbours that are equal or follow each other, more often than not. */
function runs(text: string): boolean {
  let steps = 0;
  for (let i = 1; i < text.length; i++)
    if (Math.abs(text.charCodeAt(i) - text.charCodeAt(i - 1)) <= 1) steps++;
  return steps > text.length / 2;
}
