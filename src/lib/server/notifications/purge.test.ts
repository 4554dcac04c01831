import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { DAY, MINUTE, testContext } from '../../../../tests/contexts';
import { site } from '../../../../tests/factories';
import { count } from '../../../../tests/helpers';
import { stage } from '../../../../tests/notifications';
import * as notifications from '.';

beforeAll(() => site({ setUp: true, siteName: 'Foyer' }));

describe('the end of notifications', () => {
  it('read ones go after 90 days unless put aside, all after a year; in windows that reach every one', async () => {
    const s = await stage();
    const now = Date.UTC(2030, 0, 1);
    const rows = [
      [100, 95, 0],
      [100, 95, 1],
      [100, null, 0],
      [100, 80, 0],
      [366, null, 0],
      [366, 365, 1],
      [1, null, 0],
    ];
    const ctx = testContext({ now });
    await ctx.commit([ctx.db.run(sql`delete from notification`)]);
    await ctx.commit([
      ctx.db.run(sql`
        insert into notification (user_id, space_id, thread_id, kind, actor_id, created_at, read_at, later)
        select ${s.ben.id}, ${s.spaceId}, ${s.threadId}, 'thread', ${s.ava.id}, ${now} - (value ->> 0) * ${DAY},
          ${now} - (value ->> 1) * ${DAY}, value ->> 2 from json_each(${JSON.stringify(rows)})`),
      // Far from the others, so that the range has to move on.
      ctx.db.run(sql`insert into notification (id, user_id, space_id, thread_id, kind, actor_id, created_at)
        values (1000000, ${s.ben.id}, ${s.spaceId}, ${s.threadId}, 'thread', ${s.ava.id}, 0)`),
    ]);
    for (let minute = 0; minute < 1_050; minute++) {
      const later = testContext({ now: now + minute * MINUTE });
      await later.commit([notifications.purge(later)]);
    }
    expect(await count('notification', 'user_id = ?', s.ben.id)).toBe(4);
    expect(await count('notification', 'id = 1000000')).toBe(0);
  });

  it('an empty table is no trouble', async () => {
    const ctx = testContext();
    await ctx.commit([ctx.db.run(sql`delete from notification`), notifications.purge(ctx)]);
  });
});
