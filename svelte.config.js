import adapter from '@sveltejs/adapter-cloudflare';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

// `npm run dev` (scripts/dev.mjs) names the folder that holds the local database and variables.
const { FOYER_STATE: state } = process.env;

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: vitePreprocess(),
  kit: {
    // The adapter overwrites whatever `main` names in the config that it reads; ours is src/worker.ts,
    // so it gets a file of its own (docs/decisions/003-worker-entry.md).
    adapter: adapter({
      config: 'wrangler.sveltekit.toml',
      platformProxy: {
        configPath: 'wrangler.toml',
        ...(state && { persist: { path: `${state}/v3` }, envFiles: [`${state}/vars.env`] }),
      },
    }),
    // Kit's own origin check runs before hooks and only for form content types; src/hooks.server.ts
    // owns one check for every method, path and content type.
    csrf: { trustedOrigins: ['*'] },
    csp: {
      mode: 'nonce',
      directives: {
        'default-src': ['self'],
        'img-src': ['self', 'data:', 'blob:'],
        // The one style attribute that Kit itself writes (its announcer of page changes), by its hash.
        'style-src-attr': ['unsafe-hashes', 'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo='],
        'object-src': ['none'],
        'base-uri': ['none'],
        'frame-ancestors': ['none'],
        'form-action': ['self'],
      },
    },
    inlineStyleThreshold: 16_384,
    paths: { relative: false },
    version: { pollInterval: 0 },
  },
};
