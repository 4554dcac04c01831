import type { SpaceOptions } from '../../space-options';

export interface Link {
  title: string;
  url: string;
}

export interface SpaceForm extends SpaceOptions {
  name: string;
  cover: string;
}

/** No name spans it, and no line contains it. */
const APART = '\u2029';

/** Titles first. Places in a space's `mentions` refer to it. */
export const textOf = (links: Link[]): string =>
  [...links.map(({ title }) => title), ...links.map(({ url }) => url)]
    .map((line) => line.replace(/[\n\u2029]/g, ' '))
    .join(APART);

/** Leaves out a link whose address names somebody hidden from the reader. */
export function linksFrom(links: Link[], text: string): Link[] {
  const lines = text.split(APART);
  return links.flatMap(({ url }, i) => {
    const kept = lines[links.length + i] === textOf([{ title: '', url }]).slice(1);
    return kept ? [{ title: lines[i] ?? '', url }] : [];
  });
}
