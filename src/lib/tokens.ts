/** Tokens in the addresses of links, as they arrive. */

/** Characters of a token: an id of 16 and 32 of a MAC, or 40 random ones for a new password. Letters and 2–7 (base32). */
export const tokenLength = { signup: 48, unsubscribe: 48, reset: 40 } as const;

/**
 * The token in what arrived as one: mail programs and people add full stops, brackets, blanks, quotes, the `=` of a broken
 * line, or capitals. Null when there is no whole token in it.
 */
export function tidyToken(arrived: string, link: keyof typeof tokenLength): string | null {
  if (arrived.length > 500) return null;
  const text = arrived.toLowerCase();
  const length = tokenLength[link];
  // What was put into its middle (a line break) or around it; or what stands behind it, up to other words.
  const whole = text.replace(/[^a-z0-9]+/g, '');
  if (whole.length === length && !/[^a-z2-7]/.test(whole)) return whole;
  const found = /[a-z0-9]+/.exec(text)?.[0] ?? '';
  return found.length === length && !/[^a-z2-7]/.test(found) ? found : null;
}

/** Where a link leads that has something around its token: to the whole one. Null: it is as it should be, or none of ours. */
export function tidyPath(link: keyof typeof tokenLength, arrived: string): string | null {
  const whole = tidyToken(arrived, link);
  return whole !== null && whole !== arrived ? `/${link}/${whole}` : null;
}
