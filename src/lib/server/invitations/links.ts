/** The tokens in an invitation's links. */
import { encodeBase32LowerCaseNoPadding } from '@oslojs/encoding';
import { DAY } from '../../time';
import { type Ctx } from '../context';
import { isMadeBy, keyedBytes, type Secret } from '../crypto';
import { invitation, type Settings } from '../schema';

/** Of one that is sent now. Those that are under way keep the date that their mail says. */
export const expiryOf = (ctx: Ctx, { invitationDays }: Settings): number => ctx.now + invitationDays * DAY;

export type Invitation = typeof invitation.$inferSelect;
/** `mail` proves the mailbox. `copy`, handed on by the inviter, proves nothing. */
export type LinkKind = 'mail' | 'copy';

const tokenOf = (secret: Secret, id: string, version: number, linkKind: LinkKind): string =>
  id +
  encodeBase32LowerCaseNoPadding(
    keyedBytes(secret, 'invitation', `${id}:${version}:${linkKind}`).slice(0, 20),
  );

export const urlOf = (ctx: Ctx, id: string, version: number, linkKind: LinkKind): string =>
  `${ctx.config.origin}/signup/${tokenOf(ctx.config.secret, id, version, linkKind)}`;

/** For the seed and tests, which have no mailbox. Local only. */
export function mailToken(ctx: Ctx, i: { id: string; version?: number }): string {
  if (!ctx.config.local) throw new Error('a mailed link is for its mailbox alone');
  return tokenOf(ctx.config.secret, i.id, i.version ?? 1, 'mail');
}

/** `replaced`: a resend made a newer version. Null: none of ours. */
export function recognise(ctx: Ctx, found: Invitation, token: string): LinkKind | 'replaced' | null {
  const is = (version: number, linkKind: LinkKind) =>
    isMadeBy(ctx.config.secret, (secret) => tokenOf(secret, found.id, version, linkKind), token);
  for (const linkKind of ['mail', 'copy'] as const) if (is(found.version, linkKind)) return linkKind;
  for (let version = found.version - 1; version >= Math.max(1, found.version - 20); version--)
    for (const linkKind of ['mail', 'copy'] as const) if (is(version, linkKind)) return 'replaced';
  return null;
}
