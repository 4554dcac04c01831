// Every test file begins with an empty, migrated database, and with empty KV and R2.
/// <reference types="@cloudflare/vitest-plugin/types" />
import { applyD1Migrations, reset, type D1Migration } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach } from 'vitest';

const { DB, KV, FILES, TEST_MIGRATIONS } = env as unknown as {
  DB: D1Database;
  KV: KVNamespace;
  FILES: R2Bucket;
  TEST_MIGRATIONS: D1Migration[];
};

async function isEmpty(): Promise<boolean> {
  const [tables, keys, files] = await Promise.all([
    DB.prepare(`select name from sqlite_master where name not like '\\_cf%' escape '\\' limit 1`).first(),
    KV.list({ limit: 1 }),
    FILES.list({ limit: 1 }),
  ]);
  return !tables && !keys.keys.length && !files.objects.length;
}

// All files run in one workerd. One reset is not always enough: it can miss storage that has just lost a connection.
for (let resets = 0; !(await isEmpty()); resets++) {
  if (resets === 10) throw new Error('what another test file stored does not go away');
  await reset();
}
await applyD1Migrations(DB, TEST_MIGRATIONS);

// Tests write faster than people: what one of them has counted (limits.ts) is not the next one's.
beforeEach(async () => {
  await DB.prepare("delete from throttle where key like 'author:%'").run();
});
