// Every test file begins with an empty, migrated database.
/// <reference types="@cloudflare/vitest-plugin/types" />
import { applyD1Migrations, type D1Migration } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach } from 'vitest';

const { DB, TEST_MIGRATIONS } = env as unknown as { DB: D1Database; TEST_MIGRATIONS: D1Migration[] };
await applyD1Migrations(DB, TEST_MIGRATIONS);

// Tests write faster than people: what one of them has counted (limits.ts) is not the next one's.
beforeEach(async () => {
  await DB.prepare("delete from throttle where key like 'author:%'").run();
});
