// Every test file starts with an empty, migrated database, and with empty KV and R2.
import { env } from 'cloudflare:workers';
import { beforeEach } from 'vitest';
import { verifyCompiled } from '../src/lib/server/context/compiled';
import { empty, migrate } from './storage';

const { DB } = env as unknown as { DB: D1Database };

verifyCompiled();
await empty();
await migrate();

// Tests write faster than people, so each starts with fresh limits (limits.ts).
beforeEach(async () => {
  await DB.prepare("delete from throttle where key like 'author:%'").run();
});
