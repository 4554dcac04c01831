/** Settings of the site: what they are, how they are read with other rows, how they change. */
import { eq, sql } from 'drizzle-orm';
import journal from '../../../drizzle/meta/_journal.json';
import { domainRule, parseAddress } from '../addresses';
import * as audit from './audit';
import { guard, type Ctx, type Statement } from './context';
import { LostRace, Refusal } from './errors';
import type { MessageKey } from '../messages';
import { allow } from './policy';
import { setting, type CredentialPolicy, type Settings } from './schema';

export const presets: Record<CredentialPolicy['preset'], CredentialPolicy> = {
  documented: {
    preset: 'documented',
    minLength: 3,
    maxLength: 64,
    composition: true,
    refuseCommon: false,
    mailPassword: true,
  },
  hardened: {
    preset: 'hardened',
    minLength: 12,
    maxLength: 128,
    composition: false,
    refuseCommon: true,
    mailPassword: false,
  },
};

const defaults: Settings = {
  siteName: 'Foyer',
  setUp: false,
  twoStep: false,
  policy: presets.hardened,
  allowedDomains: [],
  spaceStorage: 5 * 1024 ** 3,
  guestStorage: 1024 ** 3,
  hiddenTemplates: [],
  revision: 0,
  seeding: false,
  seeded: false,
};

/** All settings as one scalar, to be selected beside a session or login row (one query, never stale). */
export const settingsColumn = sql<string>`(select json_group_object(key, value) from setting)`.as('settings');

/** Parses what `settingsColumn` selected. */
export function parse(column: string | null): Settings {
  const stored = JSON.parse(column ?? '{}') as Record<string, string>;
  const values = Object.fromEntries(Object.entries(stored).map(([key, value]) => [key, JSON.parse(value)]));
  return { ...defaults, ...values };
}

/** The settings of this request: those that came with the session, else one query. */
export async function read(ctx: Ctx): Promise<Settings> {
  if (ctx.settings) return ctx.settings;
  const rows = await ctx.db.select({ settings: settingsColumn }).from(sql`(select 1)`);
  return (ctx.settings = parse(rows[0]?.settings ?? null));
}

/** The statement that writes one setting. */
export const put = <K extends keyof Settings>(ctx: Ctx, key: K, value: Settings[K]): Statement =>
  ctx.db
    .insert(setting)
    .values({ key, value: JSON.stringify(value) })
    .onConflictDoUpdate({ target: setting.key, set: { value: sql`excluded.value` } });

/** The statement that writes one setting unless it is there: behind it, `guard` decides who was first. */
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
  guard(ctx),
];

/**
 * Changes settings and writes what changed to the audit.
 * @param revision of the settings that the form showed: what somebody else switched since is not overwritten unseen
 */
export async function change(ctx: Ctx, values: Partial<Settings>, revision?: number): Promise<void> {
  allow(ctx, 'site.administer');
  const entries = Object.entries(values) as [keyof Settings, never][];
  try {
    await ctx.commit([
      ...nextRevision(ctx, revision),
      ...entries.map(([key, value]) => put(ctx, key, value)),
      audit.entry(ctx, 'setting.changed', 'site', values),
    ]);
  } catch (error) {
    throw error instanceof LostRace ? new Refusal('conflict', { key: 'form.stale' }) : error;
  }
  // What the page shows next is read anew: the session's settings are from before.
  ctx.settings = null;
}

/** What every page shows of the site. Decides nothing, so the isolate may keep it for a minute. */
export interface Appearance {
  siteName: string;
  setUp: boolean;
}

let kept: { appearance: Appearance; until: number } | null = null;

/** The site's name: from the session's settings, the isolate's memory, or D1. An unfinished site is never remembered. */
export async function appearance(ctx: Ctx): Promise<Appearance> {
  if (!ctx.settings && kept && kept.until > ctx.now) return kept.appearance;
  const { siteName, setUp } = await read(ctx);
  const value = { siteName, setUp };
  kept = setUp ? { appearance: value, until: ctx.now + 60_000 } : null;
  return value;
}

/** Whether D1 answers, with its newest migration applied, and with the seed done where one is expected. */
export async function healthy(ctx: Ctx): Promise<boolean> {
  const [migrated, seeded] = await ctx.db.batch([
    ctx.db
      .select({ name: sql<string>`name` })
      .from(sql`d1_migrations`)
      .where(sql`name = ${`${journal.entries.at(-1)!.tag}.sql`}`),
    ctx.db.select().from(setting).where(eq(setting.key, 'seeded')),
  ]);
  return migrated.length > 0 && (!ctx.config.seed || seeded[0]?.value === 'true');
}
