import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, testContext } from '../../../tests/contexts';
import * as audit from './audit';
import { seal } from './audit-log/chain';

it('what an hour has counted may be sealed meanwhile, by a clock that jumped: the act goes on, and is counted in a row of its own', async () => {
  const begin = Math.floor(Date.now() / HOUR) * HOUR;
  const counted = (minute: number) => {
    const ctx = testContext({ now: begin + minute * MINUTE });
    return ctx.commit([audit.tally(ctx, 'login.failed', 'unknown:7')]);
  };
  const rows = () =>
    testContext().db.all<{ count: number }>(
      sql`select count from audit_entry where action = 'login.failed' and subject = 'unknown:7' order by id`,
    );
  await counted(1);
  await counted(2);
  expect(await rows()).toEqual([{ count: 2 }]);
  for (const [sealed, minute] of [7, 9].entries()) {
    await seal(testContext({ now: begin + (7 + sealed) * DAY }));
    await counted(minute);
    await counted(minute + 1);
  }
  expect(await rows()).toEqual([{ count: 2 }, { count: 2 }, { count: 2 }]);
});
