/** The company's logo: one file of the site, shown to everybody, also before the login. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import * as access from '../access';
import type { Ctx, SignedIn, Statement } from '../context';
import { changed, must } from '../context';
import { allow } from '../policy';
import { file, type Logo } from '../schema';
import { measured } from './measured';
import { store } from './store';

export const checkLogo = (ctx: SignedIn, given: File) => measured(ctx, 'logo', given);

export async function uploadLogo(ctx: SignedIn, given: File): Promise<Logo> {
  allow(ctx, 'site.administer');
  const { bytes, ...kind } = await checkLogo(ctx, given);
  const upload = { name: given.name, body: bytes, size: bytes.length };
  const { id } = await store(ctx, 'logo', upload, null, [access.stillAdministersSite(ctx)]);
  return { id, ...kind };
}

/** Releases the others. */
export const useLogo = (ctx: SignedIn, id: string | null): Statement[] => [
  ctx.db.run(sql`
    update file set released_at = ${ctx.now}
    where kind = 'logo' and attached_at is not null and released_at is null and id <> ${id ?? ''}`),
  ...(id
    ? [
        ctx.db.run(sql`
          update file set attached_at = coalesce(attached_at, ${ctx.now})
          where id = ${id} and kind = 'logo' and released_at is null`),
        must(ctx, changed()),
      ]
    : []),
];

export async function readLogo(ctx: Ctx, id: string): Promise<R2ObjectBody | null> {
  const [row] = await ctx.db
    .select({ key: file.key })
    .from(file)
    .where(and(eq(file.id, id), eq(file.kind, 'logo'), isNull(file.releasedAt)));
  return row ? ctx.bucket.get(row.key) : null;
}
