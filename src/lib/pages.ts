/** Links between the pages of a list. The rest of the query stays: a search, the page of another list. */
export function pageHref(url: URL, param: string, key: string | null, path = url.pathname): string {
  // A dialog over the list has a path of its own.
  const kept = [...(path === url.pathname ? url.searchParams : [])].filter(
    // Without the action of a refused form (?/save) and what is said only once (done=saved).
    ([name]) => name !== param && !['done', 'restored'].includes(name) && !name.startsWith('/'),
  );
  const query = new URLSearchParams(kept);
  if (key !== null) query.set(param, key);
  return query.size > 0 ? `${path}?${query}` : path;
}

/** These parameters of the query, so that a list still shows the same after a dialog or an action. */
export const keptQuery = (url: URL, ...names: string[]): Record<string, string> =>
  Object.fromEntries(
    names.map((name) => [name, url.searchParams.get(name) ?? ''] as const).filter(([, value]) => value),
  );

export const withQuery = (path: string, query: Record<string, string>): string =>
  Object.keys(query).length > 0 ? `${path}?${new URLSearchParams(query)}` : path;

/** The actions of a page with a query: `?/remove&find=mia`. */
export const actionWith =
  (query: Record<string, string>) =>
  (name: string): string =>
    Object.keys(query).length > 0 ? `?/${name}&${new URLSearchParams(query)}` : `?/${name}`;

type Lists = Record<string, { id: string }[]>;

/**
 * The dialog that a page shows over its lists, as its address asks: `?edit=<id>`.
 * @param lists for each dialog, the rows that it can be about
 */
export function dialogOver<L extends Lists>(
  url: URL,
  lists: L,
): { dialog: { [Name in keyof L]?: L[Name][number] }; covered: boolean } {
  for (const [name, rows] of Object.entries(lists)) {
    const row = rows.find(({ id }) => id === url.searchParams.get(name));
    if (row) return { dialog: { [name]: row } as { [Name in keyof L]?: L[Name][number] }, covered: true };
  }
  return { dialog: {}, covered: false };
}
