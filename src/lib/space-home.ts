/** Where the pages of a space are: while an administrator sees it as a guest does, below that view. For components only. */
import { page } from '$app/state';
import type { Person } from './people';

export interface View {
  /** The address of the view's first page. */
  home: string;
  /** Null: a typical guest. */
  guest: Person | null;
}

export const spaceHome = (spaceId: number): string => page.data.view?.home ?? `/spaces/${spaceId}`;

export const cardIn = (spaceId: number, personId: string): string =>
  `${spaceHome(spaceId)}/people/${personId}`;
