/**
 * Unicode normalization in linear time. The platform's own sorts the marks of a letter one by one: 200,000 accents behind
 * one letter take it twenty seconds, and nobody else is served meanwhile. Nothing else here may call it (eslint.config.js).
 */

/** UAX #15's Stream-Safe Text Format allows so many; no language comes near. */
const MARKS = 30;
/** Marks beyond them. The two half-width signs become marks when they are normalized. */
const beyond = new RegExp(`([\\p{M}\uff9e\uff9f]{${MARKS}})[\\p{M}\uff9e\uff9f]+`, 'gu');

/** `text.normalize(form)`, without the marks that no letter has. */
export const normalize = (text: string, form: 'NFC' | 'NFD' | 'NFKC' | 'NFKD'): string =>
  // eslint-disable-next-line no-restricted-syntax
  text.replace(beyond, '$1').normalize(form);
