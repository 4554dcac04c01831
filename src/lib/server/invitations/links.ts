/** The links of an invitation: what its tokens are made of, and which one somebody came with. */
import { encodeBase32LowerCaseNoPadding } from '@oslojs/encoding';
import { type Ctx } from '../context';
import { isMadeBy, keyedBytes, type Secret } from '../crypto';
import { invitation } from '../schema';

export const DAY = 24 * 3_600_000;
/** An invitation holds for seven days after it was (last) sent. */
export const VALID_FOR = 7 * DAY;

export type Invitation = typeof invitation.$inferSelect;
/** `mail`: the link in the mail, proves the mailbox. `copy`: handed on by the inviter, proves nothing. */
export type LinkKind = 'mail' | 'copy';

/**
 * The token of a link: id, then a MAC of id, version and purpose. Nothing of it is stored: it can be made again
 * for a copy, a resend (version + 1) kills it, and who reads the database cannot make one.
 */
const tokenOf = (secret: Secret, id: string, version: number, linkKind: LinkKind): string =>
  id +
  encodeBase32LowerCaseNoPadding(
    keyedBytes(secret, 'invitation', `${id}:${version}:${linkKind}`).slice(0, 20),
  );

export const urlOf = (ctx: Ctx, id: string, version: number, linkKind: LinkKind): string =>
  `${ctx.config.origin}/signup/${tokenOf(ctx.config.secret, id, version, linkKind)}`;

/** The token of the mailed link of an open invitation: for the seed and tests, which stand in for the mailbox. Local only. */
export function mailToken(ctx: Ctx, i: { id: string; version?: number }): string {
  if (!ctx.config.local) throw new Error('a mailed link is for its mailbox alone');
  return tokenOf(ctx.config.secret, i.id, i.version ?? 1, 'mail');
}

/** Which link a token is: of the current version, of one that a resend replaced, or none of ours. */
export function recognise(ctx: Ctx, found: Invitation, token: string): LinkKind | 'replaced' | null {
  const is = (version: number, linkKind: LinkKind) =>
    isMadeBy(ctx.config.secret, (secret) => tokenOf(secret, found.id, version, linkKind), token);
  for (const linkKind of ['mail', 'copy'] as const) if (is(found.version, linkKind)) return linkKind;
  for (let version = found.version - 1; version >= Math.max(1, found.version - 20); version--)
    for (const linkKind of ['mail', 'copy'] as const) if (is(version, linkKind)) return 'replaced';
  return null;
}
