/** Search results, shared by server and pages. */

/** In the order of the page. `texts`: threads and comments. */
export const SEARCH_KINDS = ['spaces', 'people', 'files', 'texts'] as const;
export type SearchKind = (typeof SEARCH_KINDS)[number];

/** `hit`: this is what was searched for. */
export interface Piece {
  text: string;
  hit: boolean;
}

export interface Hit {
  space: { id: number; name: string };
  threadId: number;
  commentId: number | null;
  title: Piece[];
  author: string;
  guest: boolean;
  company: string;
  avatar: string | null;
  forCompany: boolean;
  createdAt: number;
  excerpt: Piece[];
  files: { id: string; name: Piece[] }[];
  href: string;
}

export interface FoundSpace {
  id: number;
  name: string;
  cover: string;
}

/** With a space that has their card. */
export interface FoundPerson {
  id: string;
  name: string;
  company: string;
  avatar: string | null;
  guest: boolean;
  spaceId: number;
}

export interface FoundFile {
  id: string;
  name: string;
  size: number;
  thumb: boolean;
  at: number;
  by: { name: string; company: string; guest: boolean };
  space: { id: number; name: string };
  threadId: number;
  commentId: number | null;
  forCompany: boolean;
}

/** While somebody types. */
export interface Suggestions {
  spaces: FoundSpace[];
  people: FoundPerson[];
  files: FoundFile[];
  texts: Hit[];
}
