// Against the production build in workerd. Each of two workers has a site of its own, so what a test switches on never meets the
// other.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig, devices } from '@playwright/test';
import { systemChromium } from './scripts/lib/chromium.mjs';

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

interface Site {
  port: string;
  origin: string;
  state: string;
}

// Every worker process reads this file too, so the choice is passed on in the environment.
const given = !process.env.FOYER_E2E_SITES && process.env.FOYER_E2E_ORIGIN;
if (!given && !process.env.FOYER_E2E_SITES) {
  const ports = (await Promise.all([freePort(), freePort()])).map(String);
  const made = ports.map((port) => ({
    port,
    origin: `http://localhost:${port}`,
    state: mkdtempSync(join(tmpdir(), 'foyer-e2e-')),
  }));
  process.env.FOYER_E2E_SITES = JSON.stringify(made);
  process.on('exit', () => made.forEach(({ state }) => rmSync(state, { recursive: true, force: true })));
}
/** None if FOYER_E2E_ORIGIN names a running site. */
const sites: Site[] = given ? [] : JSON.parse(process.env.FOYER_E2E_SITES!);
const own = sites[Number(process.env.TEST_PARALLEL_INDEX ?? 0)];
if (own) Object.assign(process.env, { FOYER_E2E_ORIGIN: own.origin, FOYER_E2E_STATE: own.state });

export default defineConfig({
  testDir: 'tests/e2e',
  fullyParallel: false,
  workers: sites.length || 1,
  retries: 0,
  // Two browsers and two sites may share two slow cores: how long a step takes says nothing about the product.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  forbidOnly: true,
  reporter: 'list',
  use: {
    ...devices['Desktop Chrome'],
    baseURL: process.env.FOYER_E2E_ORIGIN,
    actionTimeout: 30_000,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    trace: 'retain-on-failure',
    launchOptions: { args, executablePath: systemChromium() },
  },
  // Playwright starts sites one after the other: only the last waits here, tests/e2e/ready.ts for all.
  webServer: sites.map(({ port, origin, state }, i) => ({
    command: 'exec node scripts/start.mjs',
    ...(i < sites.length - 1 ? { wait: { stdout: /database/ } } : { url: `${origin}/healthz` }),
    env: { PORT: port, FOYER_STATE: state, FOYER_SEED: 'demo', FOYER_WATCH_PARENT: '1' },
    reuseExistingServer: false,
    timeout: 240_000,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 },
  })),
  globalSetup: './tests/e2e/ready.ts',
});

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}
