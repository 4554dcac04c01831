/** What a form's answer adds to the address, to be said once. */
const NEWS = ['erased', 'done', 'restored', 'sent', 'active', 'left', 'skipped', 'not', 'space', 'test'];

/** The same address without news; null if there is none. */
export function withoutNews(url: URL): string | null {
  if (!url.searchParams.has('done')) return null;
  const clean = new URL(url);
  for (const name of NEWS) clean.searchParams.delete(name);
  return clean.pathname + clean.search + clean.hash;
}

/** The portal, which names the space that somebody has just left or deleted. */
export const portalAfter = (how: 'left' | 'deleted', { id = '' }: { id?: string }): string =>
  `/?done=${how}&space=${id}`;

/** Where a new guest says hello: in a new thread, or in the only one of the space. */
export const HELLO = ['new-thread', 'only-thread'] as const;
export type Hello = (typeof HELLO)[number];

export const helloAt = (home: string, where: Hello): string =>
  where === 'new-thread' ? `${home}/new-thread?hello` : `${home}#write`;

/** A link to a page of a list. It keeps the rest of the query, such as a search. */
export function pageHref(url: URL, param: string, key: string | null, path = url.pathname): string {
  // A dialog over the list has its own path.
  const kept = [...(path === url.pathname ? url.searchParams : [])].filter(
    // Drops the action of a refused form (?/save) and messages shown once (done=saved).
    ([name]) => name !== param && !NEWS.includes(name) && !name.startsWith('/'),
  );
  const query = new URLSearchParams(kept);
  if (key !== null) query.set(param, key);
  return query.size > 0 ? `${path}?${query}` : path;
}

/** Parameters that say something without a value. */
const FLAGS = ['without'];

export const keptQuery = (url: URL, ...names: string[]): Record<string, string> =>
  Object.fromEntries(
    names
      .map((name) => [name, url.searchParams.get(name)] as const)
      .filter((one): one is [string, string] => !!one[1] || (one[1] === '' && FLAGS.includes(one[0]))),
  );

export const withQuery = (path: string, query: Record<string, string>): string =>
  Object.keys(query).length > 0 ? `${path}?${new URLSearchParams(query)}` : path;

/** A page of a thread, or of its space, that leads back to the same list of threads. */
export const keepingList = (path: string, url: URL, more: Record<string, string> = {}): string =>
  withQuery(path, { ...keptQuery(url, 'show'), ...more });

/** A page of a thread with these parameters, and the comments shown that the address shows now. */
export const inThread =
  (base: string, url: URL) =>
  (more: Record<string, string>): string =>
    keepingList(base, url, { ...keptQuery(url, 'before', 'after', 'comment'), ...more });

/** An action that keeps the query: `?/remove&find=mia`. */
export const actionWith =
  (query: Record<string, string>) =>
  (name: string): string =>
    Object.keys(query).length > 0 ? `?/${name}&${new URLSearchParams(query)}` : `?/${name}`;

/** An action of such a page: the answer leads back to it. */
export const actionKeepingList =
  (path: string, url: URL) =>
  (name: string): string =>
    path + actionWith(keptQuery(url, 'show'))(name);

type Lists = Record<string, { id: string }[]>;

/** The dialog that the address asks for: `?edit=<id>`. @param lists the rows that each dialog can be about */
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
