// Finds files, exports and dependencies that nothing uses (npm run lint).
import type { KnipConfig } from 'knip';

const SCRIPT = /<script\b[^>]*>([\s\S]*?)<\/script>/g;

/** A component as a script: knip sees its imports, but not which members of a module it uses. */
const scriptOf = (component: string): string => {
  const scripts = [...component.matchAll(SCRIPT)].map(([, script]) => script);
  const members = component.replace(SCRIPT, '').match(/\b[a-z]\w*\.[a-z]\w*/gi) ?? [];
  return [...scripts, ...members].join(';\n');
};

export default {
  // Run by path: SvelteKit's matchers, npm scripts, and the processes that these start.
  entry: [
    'src/params/*.ts',
    'scripts/*.mjs',
    'scripts/lib/{leash.mjs,require-node.cjs}',
    'scripts/mutate/runner.mjs',
    'scripts/bench/ruler/*.js',
    'scripts/bench/ruler/src/**/*.js',
    'tests/bench/worker.ts',
  ],
  project: ['src/**/*.{ts,svelte}', 'scripts/**/*.{mjs,cjs}', 'tests/**/*.ts', 'vite/*.ts', '*.{js,ts}'],
  // Types in the signature of an export may be exported with it.
  ignoreExportsUsedInFile: { interface: true, type: true },
  compilers: { svelte: scriptOf },
} satisfies KnipConfig;
