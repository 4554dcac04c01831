/** What the forms of a space hold. */

/** A related link: to the web only. */
export interface Link {
  title: string;
  url: string;
}

/** What the form of a new space and its settings hold. */
export interface SpaceForm {
  name: string;
  cover: string;
  severalThreads: boolean;
  blockJoining: boolean;
  blockFollowing: boolean;
  showAnnouncement: boolean;
  showThreads: boolean;
  showPeople: boolean;
  showLinks: boolean;
  guestsHidden: boolean;
}

/** Between the lines of `textOf`: no name goes over it, and no line holds it. */
const APART = '\u2029';

/** Related links as one text, titles first: `mentions` of a space holds places in it. */
export const textOf = (links: Link[]): string =>
  [...links.map(({ title }) => title), ...links.map(({ url }) => url)]
    .map((line) => line.replace(/[\n\u2029]/g, ' '))
    .join(APART);

/** The links as their reader may have them. An address that names somebody whom they do not see is left out with its link. */
export function linksFrom(links: Link[], text: string): Link[] {
  const lines = text.split(APART);
  return links.flatMap(({ url }, i) => {
    const kept = lines[links.length + i] === textOf([{ title: '', url }]).slice(1);
    return kept ? [{ title: lines[i] ?? '', url }] : [];
  });
}
