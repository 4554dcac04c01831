import { sql } from 'drizzle-orm';
import type { Ctx } from '../context';

interface Accepted {
  version: number;
  url: string;
  at: number;
}

/** Newest first. For a batch. @param before a version: the page behind it */
export const ofPerson = (ctx: Ctx, userId: string, before: number | null, size: number) =>
  ctx.db.all<Accepted>(sql`
    select version, url, at from acceptance where user_id = ${userId} and version < ${before ?? Number.MAX_SAFE_INTEGER}
    order by version desc limit ${size}`);
