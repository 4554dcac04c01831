/** Linear, unlike the platform's: 200,000 accents on one letter block it for twenty seconds. ESLint bans it elsewhere. */

/** The limit of UAX #15's Stream-Safe Text Format. No language comes near it. */
const MARKS = 30;
/** The two half-width signs become marks when normalized. */
const beyond = new RegExp(`([\\p{M}\uff9e\uff9f]{${MARKS}})[\\p{M}\uff9e\uff9f]+`, 'gu');

export const normalize = (text: string, form: 'NFC' | 'NFD' | 'NFKC' | 'NFKD'): string =>
  // eslint-disable-next-line no-restricted-syntax
  text.replace(beyond, '$1').normalize(form);
