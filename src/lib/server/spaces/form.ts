/** The values of a space's forms. */
import type { SpaceOptions } from '../../space-options';

/** A related link, to the web only. */
export interface Link {
  title: string;
  url: string;
}

export interface SpaceForm extends SpaceOptions {
  name: string;
  cover: string;
}

/** Separates the lines of `textOf`. No name spans it, and no line contains it. */
const APART = '\u2029';

/** Related links as one text, titles first. The places in a space's `mentions` refer to it. */
export const textOf = (links: Link[]): string =>
  [...links.map(({ title }) => title), ...links.map(({ url }) => url)]
    .map((line) => line.replace(/[\n\u2029]/g, ' '))
    .join(APART);

/** The links as their reader may see them. A link whose address names somebody hidden is left out. */
export function linksFrom(links: Link[], text: string): Link[] {
  const lines = text.split(APART);
  return links.flatMap(({ url }, i) => {
    const kept = lines[links.length + i] === textOf([{ title: '', url }]).slice(1);
    return kept ? [{ title: lines[i] ?? '', url }] : [];
  });
}
