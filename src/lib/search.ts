/** Search results, shared by server and pages. */

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
