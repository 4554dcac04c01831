/** Tokens of links, as they arrive. */

/** 16 of id and 32 of MAC, or 40 random (a new password or e-mail address), all base32. */
export const tokenLength = { signup: 48, unsubscribe: 48, reset: 40, email: 40 } as const;

/** Removes what mail programs and people add: full stops, brackets, quotes, the `=` of a broken line, capitals. */
export function tidyToken(arrived: string, link: keyof typeof tokenLength): string | null {
  if (arrived.length > 500) return null;
  const text = arrived.toLowerCase();
  const length = tokenLength[link];
  // Something was put into its middle (a line break) or around it, or other words follow.
  const whole = text.replace(/[^a-z0-9]+/g, '');
  if (whole.length === length && !/[^a-z2-7]/.test(whole)) return whole;
  const found = /[a-z0-9]+/.exec(text)?.[0] ?? '';
  return found.length === length && !/[^a-z2-7]/.test(found) ? found : null;
}

/** Where to redirect a link with extra characters around its token. Null if it is fine, or none of ours. */
export function tidyPath(link: keyof typeof tokenLength, arrived: string): string | null {
  const whole = tidyToken(arrived, link);
  return whole !== null && whole !== arrived ? `/${link}/${whole}` : null;
}
