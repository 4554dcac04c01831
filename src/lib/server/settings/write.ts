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

const domainOf = (email: string): string => email.slice(email.indexOf('@') + 1);

/** Refuses what is no domain: ignored, it could leave an empty list, which allows everybody; saved, it would match nobody. */
export function domainsOf(typed: string): string[] {
  const refuse = (key: MessageKey, params: Record<string, string>) =>
    new Refusal('invalid', { key, params, field: 'allowedDomains' });
  const pieces = typed.split(/[\s,;、，；]+/).filter(Boolean);
  const wrong = pieces.filter((piece) => !domainRule(piece));
  const words = wrong.filter((piece) => !parseAddress(piece));
  if (words.length) throw refuse('authentication.domains-wrong', { domain: words.join(', ') });
  const [address] = wrong;
  if (address !== undefined)
    throw refuse('authentication.domains-address', {
      address,
      domain: domainOf(parseAddress(address)!.email),
    });
  return [...new Set(pieces.map((piece) => domainRule(piece)!))];
}

/** Entries that match no address. Older versions accepted some. */
export const deadDomains = (site: Settings): string[] =>
  site.allowedDomains.filter((stored) => domainRule(stored) === null);
