/** How settings of the site change. */
import { sql } from 'drizzle-orm';
import { domainRule, parseAddress } from '../../addresses';
import type { MessageKey } from '../../messages';
import { changed, must, type Ctx, type Statement } from '../context';
import { Refusal } from '../errors';
import { record } from '../events';
import { allow } from '../policy';
import { setting, type Settings } from '../schema';

/** The statement that writes one setting. */
export const put = <K extends keyof Settings>(ctx: Ctx, key: K, value: Settings[K]): Statement =>
  ctx.db
    .insert(setting)
    .values({ key, value: JSON.stringify(value) })
    .onConflictDoUpdate({ target: setting.key, set: { value: sql`excluded.value` } });

/** The statement that writes one setting unless it is there: behind it, `must` decides who was first. */
export const putFirst = <K extends keyof Settings>(ctx: Ctx, key: K, value: Settings[K]): Statement =>
  ctx.db
    .insert(setting)
    .values({ key, value: JSON.stringify(value) })
    .onConflictDoNothing();

/**
 * The domains of a typed list, as rules (see `domainRule`), each once. Refuses what is none: left out, it would open to
 * everybody, and saved, it would match nobody.
 */
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

/** Stored entries that no address fits: older versions took some. */
export const deadDomains = (site: Settings): string[] =>
  site.allowedDomains.filter((stored) => domainRule(stored) === null);

/** Counts changes of settings up: from a given one only, where a form names the one that it showed. */
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

/**
 * Changes settings and writes what changed to the audit.
 * @param revision of the settings that the form showed: what somebody else switched since is not overwritten unseen
 */
export async function change(ctx: Ctx, values: Partial<Settings>, revision?: number): Promise<void> {
  allow(ctx, 'site.administer');
  const entries = Object.entries(values) as [keyof Settings, never][];
  await ctx.commit(
    [
      ...nextRevision(ctx, revision),
      ...entries.map(([key, value]) => put(ctx, key, value)),
      record(ctx, { kind: 'setting.changed', subject: 'site', detail: values }),
    ],
    { refusal: new Refusal('conflict', { key: 'form.stale' }) },
  );
  // What the page shows next is read anew: the session's settings are from before.
  ctx.settings = null;
}
