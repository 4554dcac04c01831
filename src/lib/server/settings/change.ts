import { sql } from 'drizzle-orm';
import { domainRule, parseAddress } from '../../addresses';
import type { MessageKey } from '../../messages';
import * as access from '../access';
import { changed, must, type Ctx, type SignedIn, type Statement } from '../context';
import { Refusal } from '../errors';
import { record } from '../events';
import { setting, type Settings } from '../schema';

export const put = <K extends keyof Settings>(ctx: Ctx, key: K, value: Settings[K]): Statement =>
  ctx.db
    .insert(setting)
    .values({ key, value: JSON.stringify(value) })
    .onConflictDoUpdate({ target: setting.key, set: { value: sql`excluded.value` } });

/** `must(ctx, changed())` behind it decides who was first. */
export const putFirst = <K extends keyof Settings>(ctx: Ctx, key: K, value: Settings[K]): Statement =>
  ctx.db
    .insert(setting)
    .values({ key, value: JSON.stringify(value) })
    .onConflictDoNothing();

/** Refuses what is no domain: ignored, it could leave an empty list, which allows everybody; saved, it would match nobody. */
export function domainsOf(typed: string): string[] {
  const refuse = (key: MessageKey, params: Record<string, string>) =>
    new Refusal('invalid', { key, params, field: 'allowedDomains' });
  const rules = typed
    .split(/[\s,;、，；]+/)
    .filter(Boolean)
    .map((piece) => {
      const rule = domainRule(piece);
      if (rule) return rule;
      const address = parseAddress(piece);
      if (!address) throw refuse('authentication.domains-wrong', { domain: piece });
      const domain = address.email.slice(address.email.indexOf('@') + 1);
      throw refuse('authentication.domains-address', { address: piece, domain });
    });
  return [...new Set(rules)];
}

/** Entries that match no address. Older versions accepted some. */
export const deadDomains = (site: Settings): string[] =>
  site.allowedDomains.filter((stored) => domainRule(stored) === null);

const nextRevision = (ctx: Ctx, from?: number): Statement[] => [
  ctx.db
    .insert(setting)
    .values({ key: 'revision', value: String((from ?? 0) + 1) })
    .onConflictDoUpdate({
      target: setting.key,
      set: { value: sql`cast(value as integer) + 1` },
      setWhere: from === undefined ? undefined : sql`value = ${String(from)}`,
    }),
  must(ctx, changed()),
];

export async function change(ctx: SignedIn, values: Partial<Settings>, revision?: number): Promise<void> {
  const entries = Object.entries(values) as [keyof Settings, never][];
  await access.commitForSite(
    ctx,
    [
      ...nextRevision(ctx, revision),
      ...entries.map(([key, value]) => put(ctx, key, value)),
      record(ctx, { kind: 'setting.changed', subject: 'site', detail: values }),
    ],
    { refusal: new Refusal('conflict', { key: 'form.stale' }) },
  );
  // The session's settings are out of date now.
  ctx.settings = null;
}
