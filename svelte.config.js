import adapter from '@sveltejs/adapter-cloudflare';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

// Set by scripts/dev.mjs: the folder of the local database and variables.
const { FOYER_STATE: state } = process.env;

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: vitePreprocess(),
  kit: {
    // The adapter overwrites what `main` names in the config that it reads. Ours is src/worker.ts, so it gets another file
    // (docs/decisions/003-worker-entry.md).
    adapter: adapter({
      config: 'wrangler.sveltekit.toml',
      platformProxy: {
        configPath: 'wrangler.toml',
        ...(state && { persist: { path: `${state}/v3` }, envFiles: [`${state}/vars.env`] }),
      },
    }),
    // Kit's origin check runs before hooks, and only for form content types; src/hooks.server.ts checks everything.
    csrf: { trustedOrigins: ['*'] },
    csp: {
      mode: 'nonce',
      directives: {
        'default-src': ['self'],
        'img-src': ['self', 'data:', 'blob:'],
        // For the one style attribute that Kit writes (its announcer of page changes), by hash.
        'style-src-attr': ['unsafe-hashes', 'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo='],
        'object-src': ['none'],
        'base-uri': ['none'],
        'frame-ancestors': ['none'],
        'form-action': ['self'],
      },
    },
    // The tokens, and what one page alone has, are in the page; what pages share is a file that browsers keep.
    inlineStyleThreshold: 6_400,
    paths: { relative: false },
    version: { pollInterval: 0 },
  },
};
