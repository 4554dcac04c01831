/** What a search found, as the server finds it and pages show it. */

/** A stretch of text; `hit`: it is what was looked for. */
export interface Piece {
  text: string;
  hit: boolean;
}

export interface Hit {
  space: { id: number; name: string };
  threadId: number;
  /** Null: the thread itself was found. */
  commentId: number | null;
  /** Empty of a thread without a name. */
  title: Piece[];
  author: string;
  guest: boolean;
  company: string;
  createdAt: number;
  excerpt: Piece[];
  /** Files of the text whose names were found. */
  files: { id: string; name: Piece[] }[];
  href: string;
}
