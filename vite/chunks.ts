/** Which code comes in which file (docs/performance.md). Styles follow it. */

/** Parts of the site, by their routes; none for what is opened without scripts, and for developers. */
const PARTS: [string, RegExp][] = [
  ['', /^(?:dev|\(app\)\/spaces\/\[id=id\]\/as)\//],
  ['entrance', /^\((?:public|pending|terms)\)\/|\+error/],
  ['frame', /^(?:\((?:app|admin)\)\/)?\+layout/],
  ['administration', /^\(admin\)\//],
  ['portal', /^\(app\)\/(?!spaces\/)|\/search\//],
  ['new', /^\(app\)\/spaces\/new\//],
  ['space', /\/\(tabs\)\//],
  ['writing', /\/(?:threads|new-thread)\//],
  ['files', /\/files\//],
  ['people', /\/people\//],
];

interface Modules {
  getModuleInfo(id: string): { importers: readonly string[] } | null;
}

/** Which parts use a module, directly or not. */
function partsOf(id: string, modules: Modules): Set<string> {
  const seen = new Set<string>();
  const parts = new Set<string>();
  const climb = (from: string): void => {
    if (seen.has(from)) return;
    seen.add(from);
    const page = /\/src\/routes\/((?:.*\/)?\+(?:page|layout|error).*)/.exec(from)?.[1];
    if (page) parts.add(PARTS.find(([, routes]) => routes.test(page))?.[0] ?? '');
    // The layout of all pages.
    if (page?.startsWith('+layout')) parts.add('entrance');
    else for (const importer of modules.getModuleInfo(from)?.importers ?? []) climb(importer);
  };
  climb(id);
  parts.delete('');
  return parts;
}

/**
 * Few files instead of one for each component: a page is here after three requests in a row, not after forty. What most of its parts
 * use comes with every page, what few use with them alone (docs/performance.md).
 */
function chunkOf(id: string, modules: Modules): string | null {
  const [, root, path] = /\/src\/(lib|routes)\/(.*)/.exec(id) ?? [];
  if (!root || path!.startsWith('messages/')) return null;
  // A page that a view as a guest shows too.
  if (root === 'routes' && path!.includes('+') && modules.getModuleInfo(id)!.importers.length < 2)
    return null;
  const parts = partsOf(id, modules);
  // Pages before the login load the styles of these: they are kept small.
  const entrance = parts.delete('entrance');
  if (entrance && parts.size === 0) return 'entrance';
  const beginning = parts.delete('new');
  const anywhere = parts.has('portal') || parts.has('administration');
  const everyday = anywhere
    ? parts.size > 1 || beginning
    : parts.size > 3 || (parts.has('space') && parts.has('writing') && !parts.has('files'));
  if (parts.has('frame') || everyday) return entrance ? 'base' : 'frame';
  if (entrance) return 'account';
  const part = ['files', 'writing', 'space'].find((one) => parts.has(one)) ?? [...parts][0] ?? null;
  return part === 'space' && beginning ? 'settings' : part;
}

/** The first that wants a module has it. */
export const chunks = [
  { name: 'svelte', test: /\/node_modules\/(?:svelte|@sveltejs\/kit|esm-env|clsx|devalue)\// },
  {
    name: 'words',
    test: /\/node_modules\/(?:intl-messageformat|@formatjs)\/|\/src\/lib\/(?:kept|messages\/(?:en|index|direction))\.ts/,
  },
  ...['base', 'frame', 'account', 'files', 'writing', 'space'].map((name) => ({
    name: (id: string, modules: Modules) => (chunkOf(id, modules) === name ? name : null),
  })),
  { name: chunkOf },
].map((group, i, all) => ({ ...group, priority: all.length - i }));
