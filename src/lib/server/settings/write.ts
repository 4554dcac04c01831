import { sql } from 'drizzle-orm';
import { domainRule, parseAddress } from '../../addresses';
import type { MessageKey } from '../../messages';
import type { Ctx, Statement } from '../context';
import { Refusal } from '../errors';
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
