/** A thread with its comments, as its own page shows it, or the page of the space whose only thread it is. */
import type { FileCategory } from './files';
import type { Person, Readers } from './people';
import type { Told } from './told';

export interface Text {
  id: number;
  author: string;
  authorId: string;
  guest: boolean;
  company: string;
  avatar: string | null;
  /** The author is among the people of the space, and has a card. */
  card: boolean;
  createdAt: number;
  editedAt: number | null;
  html: string;
  unread?: boolean;
  own: boolean;
  seen: Seen | null;
  forCompany: boolean;
  /** When guests could see it for the first time, if not from the beginning. */
  openedAt: number | null;
  /** Of its check-boxes, for whoever may tick them; null also if it has none. */
  ticking: string | null;
  may: { react: boolean; edit: boolean; delete: boolean; open: boolean; replace: boolean };
  files: AttachedFile[];
  reactions: { kind: string; count: number; own: boolean; people: Person[]; more: number }[];
}

export interface AttachedFile {
  id: string;
  name: string;
  type: string;
  category: FileCategory;
  size: number;
  thumb: boolean;
  version: number;
}

/** A picture over the page that it was opened on, with those before and after it. */
export interface ShownPicture {
  id: string;
  name: string;
  type: string;
  size: number;
  at: number;
  by: Person;
  thread: { id: number; title: string };
  commentId: number | null;
  previous: string | null;
  next: string | null;
}

/** Who has seen a post but its author and the viewer, guests first. A guest learns of nobody by name: only that it was seen. */
export interface Seen {
  people: (Person & { id: string; card: boolean })[];
  others: number;
  /** There are more. */
  more: boolean;
}

interface Page<T> {
  rows: T[];
  next: string | null;
}

export interface Opening {
  name: string;
  /** The thread with its comments. */
  whole: boolean;
  seen: string;
  comments: number;
  files: number;
  reacted: boolean;
  edited: boolean;
  /** Who would see it; empty if there are many. */
  guests: Person[];
  first: Listed | null;
  rest: Listed[];
  next: string | null;
}

type Listed = Pick<Text, 'id' | 'author' | 'guest' | 'company' | 'avatar' | 'createdAt' | 'html'> & {
  files: string[];
};

export interface Discussion extends Readers {
  space: { id: number; name: string; severalThreads: boolean };
  thread: Text & { title: string; pinned: boolean; closed: boolean; following: boolean };
  comments: Text[];
  /** The comments where further pages begin. */
  earlier: number | null;
  later: number | null;
  may: { write: boolean; pin: boolean; close: boolean; follow: boolean; delete: boolean; confide: boolean };
  told: Told;
  /** Of what is only for the company; null for guests. */
  toldCompany: Told | null;
  muted: boolean;
  peopleCount: number;
  until: number;
  unread: boolean;
  /** By the viewer, as others are told. */
  unseen: boolean;
  /** What the address asks for: `first`, or a comment's number. */
  editing: {
    name: string;
    title: string;
    body: string;
    editedAt: number;
    was: string;
    forCompany: boolean;
    files: Text['files'];
  } | null;
  quoting: { author: Person | null; body: string; forCompany: boolean } | null;
  deleting: { name: string; author: Person } | null;
  history: Page<{ id: string; title: string; html: string; at: number }> | null;
  reacted: Page<Person & { id: string; kind: string; card: boolean }> | null;
  seenBy: Page<Person & { id: string; card: boolean }> | null;
  /** What guests would see. */
  opening: Opening | null;
  picture: ShownPicture | null;
  requestKey: string;
}
