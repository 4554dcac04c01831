import type { SignedIn } from '../context';
import { checkAll, Refusal } from '../errors';
import { NETWORK_FIELDS, networksOf, refuseOwnEnd, type NetworksField } from '../networks';
import { allow } from '../policy';
import type { LoginSecurity } from '../schema';
import * as sessions from '../sessions';
import * as settings from '../settings';
import * as site from '../site';
import * as verification from '../verification';

type Typed = Omit<LoginSecurity, NetworksField> & Record<NetworksField, string>;

/** What the lists of addresses are refused for, all at once. */
export const judge = (typed: Partial<Typed>): Promise<void> =>
  checkAll(...NETWORK_FIELDS.map((field) => () => networksOf(typed[field] ?? '', field)));

export async function change(
  ctx: SignedIn,
  {
    confirmed,
    revision: shown,
    was,
    ...typed
  }: Typed & { confirmed?: string; revision: number; was?: string },
): Promise<void> {
  allow(ctx, 'site.administer');
  await judge(typed);
  const lists = Object.fromEntries(NETWORK_FIELDS.map((field) => [field, networksOf(typed[field], field)]));
  const { form, revision } = await site.merged(
    ctx,
    { ...typed, ...(lists as Pick<LoginSecurity, NetworksField>) },
    settings.loginSecurityOf,
    settings.loginSecurityFields,
    { revision: shown, was },
  );
  refuseOwnEnd(form, ctx.actor, ctx.ip);
  await warn(ctx, form, confirmed);
  const ending = sessions.endOver(ctx);
  await site.changeSettings(ctx, form, revision, { first: [ending], then: [sessions.endOver(ctx)] });
}

/** Before users need codes that may not reach them. */
async function warn(ctx: SignedIn, form: LoginSecurity, confirmed: string | undefined): Promise<void> {
  const before = await settings.read(ctx);
  const turnedOn = (['administratorStep', 'userStep'] as const).filter((step) => form[step] && !before[step]);
  const [field] = turnedOn;
  if (!field) return;
  const risk = await verification.lockoutRisk(ctx, form.administratorStep);
  if (risk && confirmed !== risk) throw new Refusal('conflict', { key: `security.warn-${risk}`, field });
}
