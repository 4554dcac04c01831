/** Links that people typed, in a view as a guest: what leads to a page of the space that the view has, leads to it there. */

const PAGES = /^(?:\/(?:files|people)(?:\/[^/]+)?|\/threads\/\d+)?\/?$/;

/** @param home of the view: `/spaces/7/as/…` @param origin of this site */
export function inView(href: string, home: string, origin: string): string {
  if (!URL.canParse(href, origin)) return href;
  const url = new URL(href, origin);
  const space = home.slice(0, home.indexOf('/as/'));
  const below = url.pathname.slice(space.length);
  if (url.origin !== origin || !url.pathname.startsWith(space) || !PAGES.test(below)) return href;
  return home + (below === '/' ? '' : below) + url.search + url.hash;
}
