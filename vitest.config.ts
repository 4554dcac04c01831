// Unit tests run inside workerd, against real local D1, KV and R2. Storage is isolated per file, not per test.
import { fileURLToPath } from 'node:url';
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  plugins: [
    cloudflareTest(async () => ({
      wrangler: { configPath: './wrangler.toml' },
      miniflare: {
        bindings: {
          ORIGIN: 'http://localhost:8787',
          FOYER_LOCAL: '1',
          FOYER_SECRET: 'test-secret-test-secret-test-secret-test-s1',
          SETUP_TOKEN: 'test-setup-token',
          MAIL_TRANSPORT: 'mailbox',
          MAIL_DOMAIN: 'foyer.example',
          TEST_MIGRATIONS: await readD1Migrations(path('drizzle')),
        },
      },
    })),
  ],
  resolve: {
    alias: { $lib: path('src/lib'), 'sveltekit-worker': path('.svelte-kit/cloudflare/_worker.js') },
  },
  test: {
    include: ['src/**/*.test.ts', 'tests/*.test.ts'],
    setupFiles: ['tests/setup.ts'],
    allowOnly: false,
  },
});
