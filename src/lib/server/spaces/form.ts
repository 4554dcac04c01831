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

/** The titles of related links as one text: `mentions` of a space holds places in it. */
export const titlesOf = (links: Link[]): string =>
  links.map(({ title }) => title.replaceAll('\n', ' ')).join('\n');
