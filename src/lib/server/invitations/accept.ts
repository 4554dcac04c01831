import { and, eq } from 'drizzle-orm';
import * as access from '../access';
import { changed, must, type Ctx, type Statement } from '../context';
import { invitation } from '../schema';
import type { Invitation, LinkKind } from './links';
import { acceptable } from './rule';

/** The one conditional write that accepts an invitation. It checks version, clock and rule. An archived space lets nobody in. */
export const accept = (
  ctx: Ctx,
  i: Pick<Invitation, 'id' | 'version' | 'spaceId'>,
  linkKind: LinkKind,
): Statement[] => [
  access.notArchived(ctx, i.spaceId),
  ctx.db
    .update(invitation)
    .set({ status: 'accepted', acceptedAt: ctx.now, acceptedLinkKind: linkKind })
    .where(and(eq(invitation.id, i.id), eq(invitation.version, i.version), acceptable(ctx))),
  must(ctx, changed()),
];

/** After the account's insert, which it refers to. */
export const linkAccount = (ctx: Ctx, id: string, userId: string): Statement =>
  ctx.db.update(invitation).set({ acceptedBy: userId }).where(eq(invitation.id, id));

export const destinationOf = (spaceId: number | null): string =>
  spaceId === null ? '/' : `/spaces/${spaceId}`;
