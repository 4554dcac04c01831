/** How much a space and a guest may store. Summed on request (10,000 files: a millisecond), so no running sum can be wrong. */
import { sql, type SQL } from 'drizzle-orm';
import { fileSize } from '../../files';
import * as access from '../access';
import type { SignedIn } from '../context';
import { Refusal } from '../errors';
import { allow } from '../policy';
import * as settings from '../settings';

const usedBySpace = (spaceId: number | SQL) =>
  sql<number>`(select coalesce(sum(f.size + f.thumb_size), 0) from file f
    where f.space_id = ${spaceId} and f.released_at is null)`;
const usedByPerson = (userId: string) =>
  sql<number>`(select coalesce(sum(f.size + f.thumb_size), 0) from file f
    where f.uploader_id = ${userId} and f.released_at is null)`;

export const storedIn = (spaceId: SQL) => usedBySpace(spaceId).as('stored');

export async function fits(ctx: SignedIn, spaceId: number | null, size: number): Promise<SQL> {
  const { spaceStorage, guestStorage } = await settings.read(ctx);
  const inSpace = spaceId === null ? sql`1` : sql`${usedBySpace(spaceId)} + ${size} <= ${spaceStorage}`;
  if (ctx.actor.kind !== 'guest') return inSpace;
  return sql`${inSpace} and ${usedByPerson(ctx.actor.id)} + ${size} <= ${guestStorage}`;
}

export async function noRoom(
  ctx: SignedIn,
  spaceId: number | null,
  size: number,
  field: string,
): Promise<Refusal | null> {
  const { spaceStorage, guestStorage } = await settings.read(ctx);
  const [row] = await ctx.db
    .select({
      space: usedBySpace(spaceId ?? 0).as('in_space'),
      person: usedByPerson(ctx.actor.id).as('by_person'),
    })
    .from(sql`(select 1)`);
  const full = (key: 'file.space-full' | 'file.guest-full', used: number, of: number) =>
    new Refusal('too-large', {
      key,
      params: { used: fileSize(used, ctx.locale), size: fileSize(of, ctx.locale) },
      field,
    });
  if (spaceId !== null && row!.space + size > spaceStorage)
    // A guest would learn how much there is that they do not see.
    return ctx.actor.kind === 'user'
      ? full('file.space-full', row!.space, spaceStorage)
      : new Refusal('too-large', { key: 'file.space-full-hidden', field });
  if (ctx.actor.kind === 'guest' && row!.person + size > guestStorage)
    return full('file.guest-full', row!.person, guestStorage);
  return null;
}

export async function storageOf(ctx: SignedIn, spaceId: number) {
  const { spaceStorage, guestStorage } = await settings.read(ctx);
  const { space, sums } = await ctx.read({
    space: access.spaceQuery(ctx, spaceId),
    sums: ctx.db.select({ used: usedBySpace(spaceId).as('used') }).from(sql`(select 1)`),
  });
  allow(ctx, 'space.administer', access.foundSpace(ctx, space));
  return { used: sums[0]!.used, size: spaceStorage, guest: guestStorage };
}
