/** The addresses of a list's pages: everything else that the address says (a search, another list) stays. */
export function pageHref(url: URL, param: string, key: string | null, path = url.pathname): string {
  // A dialog over the list has an address of its own.
  const kept = [...(path === url.pathname ? url.searchParams : [])].filter(
    // Neither the action of a form that came back (?/save), nor what it said once (done=saved).
    ([name]) => name !== param && !['done', 'restored'].includes(name) && !name.startsWith('/'),
  );
  const query = new URLSearchParams(kept);
  if (key !== null) query.set(param, key);
  return query.size > 0 ? `${path}?${query}` : path;
}
