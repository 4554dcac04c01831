// In workerd, in two processes, against real local D1, KV and R2. Storage is isolated per file (tests/setup.ts), not per test.
// Files of a process share modules and memory, as requests to one isolate do.
import { fileURLToPath } from 'node:url';
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  plugins: [
    {
      name: 'cheap-scrypt',
      enforce: 'pre',
      transform: (code, id) =>
        code.includes('scrypt') && /\.[jt]s$/.test(id) && id !== path('tests/crypto.ts')
          ? code.replace(/(from\s*)["']node:crypto["']/, `$1${JSON.stringify(path('tests/crypto.ts'))}`)
          : undefined,
    },
    cloudflareTest(async () => ({
      wrangler: { configPath: './wrangler.toml' },
      miniflare: {
        bindings: {
          ORIGIN: 'http://localhost:8787',
          FOYER_LOCAL: '1',
          FOYER_SECRET: 'pXv7mQ2cRk9TzL4wJ8bHs6NfYd3GaVe1uKoWxCi5BtM',
          SETUP_TOKEN: '9f3b7c1e5a2d8f60b4e7',
          MAIL_TRANSPORT: 'mailbox',
          MAIL_DOMAIN: 'foyer.example',
          // How many the property tests live.
          HISTORIES: process.env.HISTORIES ?? '200',
          VIEWED_EVERY: process.env.VIEWED_EVERY ?? '',
          TEST_MIGRATIONS: await readD1Migrations(path('drizzle')),
        },
      },
    })),
  ],
  resolve: {
    alias: {
      $lib: path('src/lib'),
      'sveltekit-worker': path('.svelte-kit/cloudflare/_worker.js'),
      // The sources, as for everything else that tests import.
      'sveltekit-hooks': path('src/lib/server/entry.ts'),
    },
  },
  test: {
    include: ['src/**/*.test.ts', 'tests/*.test.ts'],
    // Tests may read a stylesheet as text.
    css: { include: /app\.css/ },
    setupFiles: ['tests/setup.ts'],
    allowOnly: false,
    isolate: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
