/** Where the pages of a space are: while an administrator sees it as a guest does, below that view. For components only. */
import { page } from '$app/state';
import type { Person } from './people';
import { inView } from './view-links';

export interface View {
  /** The address of the view's first page. */
  home: string;
  /** Null: a typical guest. */
  guest: Person | null;
}

export const spaceHome = (spaceId: number): string => page.data.view?.home ?? `/spaces/${spaceId}`;

/** Where a link that somebody typed leads from this page. */
export const typedLink = (href: string): string =>
  page.data.view ? inView(href, page.data.view.home, page.url.origin) : href;

export const cardIn = (spaceId: number, personId: string): string =>
  `${spaceHome(spaceId)}/people/${personId}`;
