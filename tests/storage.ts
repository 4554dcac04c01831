/** The storage of the tests. All files run in one workerd, so each begins by emptying it. */
/// <reference types="@cloudflare/vitest-plugin/types" />
import { applyD1Migrations, reset, type D1Migration } from 'cloudflare:test';
import { env } from 'cloudflare:workers';

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

/** One reset can miss storage that has just lost a connection. */
export async function empty(): Promise<void> {
  for (let resets = 0; !(await isEmpty()); resets++) {
    if (resets === 10) throw new Error('what was stored before does not go away');
    await reset();
  }
}

/**
 * Applies the migrations that are missing.
 * @param before only those before this one, by the beginning of its name
 */
export async function migrate(before?: string): Promise<void> {
  const end = before ? TEST_MIGRATIONS.findIndex(({ name }) => name.startsWith(before)) : undefined;
  await applyD1Migrations(DB, TEST_MIGRATIONS.slice(0, end));
}
