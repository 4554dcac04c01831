/** The company's logo: one file of the site, shown to everybody, also before the login. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import { LOGO_SIDE } from '../../files';
import * as access from '../access';
import * as blobs from '../blobs';
import type { Ctx, SignedIn, Statement } from '../context';
import { changed, must } from '../context';
import { Refusal } from '../errors';
import * as pictures from '../pictures';
import { allow } from '../policy';
import { file, type Logo } from '../schema';
import { checkSize, PICTURE_TYPES, store } from './store';

const refuse = (key: 'logo.kind' | 'logo.broken' | 'logo.too-many-pixels') =>
  new Refusal('invalid', { key, params: { max: LOGO_SIDE }, field: 'logo' });

/** A small file can hold a picture that fills a phone's memory. */
export async function checkLogo(ctx: SignedIn, given: File) {
  checkSize(ctx, 'logo', given.size);
  const bytes = new Uint8Array(await given.arrayBuffer());
  const type = blobs.detectType(bytes);
  if (!PICTURE_TYPES.has(type)) throw refuse('logo.kind');
  const { width, height } = measured(bytes, type);
  if (Math.max(width, height) > LOGO_SIDE) throw refuse('logo.too-many-pixels');
  return { bytes, type, width, height };
}

export async function uploadLogo(ctx: SignedIn, given: File): Promise<Logo> {
  allow(ctx, 'site.administer');
  const { bytes, ...kind } = await checkLogo(ctx, given);
  const upload = { name: given.name, body: bytes, size: bytes.length };
  const { id } = await store(ctx, 'logo', upload, null, access.stillAdministersSite(ctx));
  return { id, ...kind };
}

function measured(bytes: Uint8Array, type: string): pictures.Size {
  try {
    return pictures.sizeOf(bytes, type);
  } catch (error) {
    if (error instanceof Refusal) throw refuse('logo.broken');
    throw error;
  }
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
