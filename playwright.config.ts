// Browser tests, against the production build in workerd: an own port, an own state, the demo seed.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig, devices } from '@playwright/test';

const chromium = '/usr/bin/chromium';
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

// This file is read by every worker process too: what is chosen once is passed on in the environment.
if (!process.env.FOYER_E2E_ORIGIN) {
  process.env.FOYER_E2E_PORT = String(await freePort());
  process.env.FOYER_E2E_ORIGIN = `http://localhost:${process.env.FOYER_E2E_PORT}`;
  const state = mkdtempSync(join(tmpdir(), 'foyer-e2e-'));
  process.env.FOYER_E2E_STATE = state;
  process.on('exit', () => rmSync(state, { recursive: true, force: true }));
}
const { FOYER_E2E_ORIGIN: baseURL, FOYER_E2E_PORT: port, FOYER_E2E_STATE: state } = process.env;

export default defineConfig({
  testDir: 'tests/e2e',
  fullyParallel: false,
  // One site, one set of settings: what one test switches on, no other may meet.
  workers: 1,
  retries: 0,
  timeout: 30_000,
  forbidOnly: true,
  reporter: 'list',
  use: {
    ...devices['Desktop Chrome'],
    baseURL,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    trace: 'retain-on-failure',
    launchOptions: { args, executablePath: existsSync(chromium) ? chromium : undefined },
  },
  // Without a port somebody else runs the site that FOYER_E2E_ORIGIN names.
  webServer:
    port && state
      ? {
          command: 'exec node scripts/start.mjs',
          url: `${baseURL}/healthz`,
          env: { PORT: port, FOYER_STATE: state, FOYER_SEED: 'demo', FOYER_WATCH_PARENT: '1' },
          reuseExistingServer: false,
          timeout: 240_000,
          gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 },
        }
      : undefined,
});

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}
