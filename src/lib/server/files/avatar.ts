/** Somebody's own picture: whoever sees them among the people of a space may see it. */
import { sql } from 'drizzle-orm';
import { changed, must, type SignedIn, type Statement } from '../context';
import { measured } from './measured';
import { store } from './store';
import { thumbnail } from './thumbnail';

/** @param small for lists; without it, they show the picture itself */
export async function storeAvatar(ctx: SignedIn, picture: File, small?: File): Promise<string> {
  const { bytes } = await measured(ctx, 'avatar', picture);
  const { id } = await store(ctx, 'avatar', { name: picture.name, body: bytes, size: bytes.length }, null);
  if (small) await thumbnail(ctx, id, { body: small.stream(), size: small.size });
  return id;
}

/** Releases the others. */
export const useAvatar = (ctx: SignedIn, id: string | null): Statement[] => [
  ctx.db.run(sql`
    update file set released_at = ${ctx.now}
    where kind = 'avatar' and uploader_id = ${ctx.actor.id} and attached_at is not null and released_at is null
      and id <> ${id ?? ''}`),
  ...(id
    ? [
        ctx.db.run(sql`
          update file set attached_at = ${ctx.now}
          where id = ${id} and kind = 'avatar' and uploader_id = ${ctx.actor.id} and released_at is null`),
        must(ctx, changed()),
      ]
    : []),
];
