import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

/** The wings of the site, by their routes. What several wings use is in one file of its own. */
const WINGS: [string, RegExp][] = [
  ['entrance', /\/src\/routes\/\((?:public|pending)\)\//],
  ['spaces', /\/src\/routes\/\(app\)\/spaces\//],
  ['portal', /\/src\/routes\/\(app\)\//],
  ['administration', /\/src\/routes\/\(admin\)\//],
  ['development', /\/src\/routes\/dev\//],
];

interface Modules {
  getModuleInfo(id: string): { importers: readonly string[]; dynamicImporters: readonly string[] } | null;
}

/** Which wings use a module, directly or not. */
function wingsOf(id: string, modules: Modules): Set<string> {
  const seen = new Set<string>();
  const wings = new Set<string>();
  const climb = (from: string): void => {
    if (seen.has(from)) return;
    seen.add(from);
    const wing = WINGS.find(([, routes]) => routes.test(from));
    if (wing) wings.add(wing[0]);
    else if (/\/src\/routes\//.test(from)) wings.add('frame');
    else for (const importer of modules.getModuleInfo(from)?.importers ?? []) climb(importer);
  };
  climb(id);
  return wings;
}

/** Few files instead of one for each component: a page is here after three requests in a row, not after forty. */
function chunkOf(id: string, modules: Modules): string | null {
  if (/\/node_modules\/(?:svelte|@sveltejs\/kit|esm-env|clsx|devalue)\//.test(id)) return 'svelte';
  if (
    /\/node_modules\/(?:intl-messageformat|@formatjs)\/|\/src\/lib\/messages\/(?:en|index|direction)\.ts/.test(
      id,
    )
  )
    return 'words';
  if (!/\/src\/lib\//.test(id) || /\/src\/lib\/messages\//.test(id)) return null;
  const wings = wingsOf(id, modules);
  wings.delete('development');
  // Pages before the login have their styles in the page: these are kept small.
  if (wings.has('entrance') || wings.has('frame')) return 'base';
  if (wings.size === 1) return [...wings][0]!;
  return wings.size > 1 ? 'shared' : null;
}

export default defineConfig(({ isSsrBuild }) => ({
  plugins: [sveltekit()],
  build: isSsrBuild
    ? {}
    : { rolldownOptions: { output: { codeSplitting: { groups: [{ name: chunkOf }] } } } },
}));
