import type { SignedIn } from '$lib/server/context';
import * as files from '$lib/server/files';

/** What the address of the list asks for, and the picture over it. */
export async function listed(ctx: SignedIn, spaceId: number, query: URLSearchParams) {
  const picture = query.get('show');
  const filter = {
    category: query.get('kind'),
    by: query.get('by'),
    find: query.get('find'),
    order: query.get('order'),
  };
  const [list, shown] = await Promise.all([
    files.browse(ctx, spaceId, filter, query.get('after')),
    picture === null ? null : files.look(ctx, spaceId, picture, filter),
  ]);
  return { ...list, shown, covered: shown !== null };
}
