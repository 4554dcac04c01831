import { eq, sql } from 'drizzle-orm';
import journal from '../../../../drizzle/meta/_journal.json';
import { MINUTE } from '../../time';
import type { Ctx } from '../context';
import {
  loginSecurityDefaults,
  setting,
  trustDefaults,
  type CredentialPolicy,
  type Settings,
} from '../schema';

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
  companyName: '',
  accent: null,
  logo: null,
  loginText: '',
  privacyUrl: null,
  termsUrl: null,
  termsRequired: false,
  termsVersion: 1,
  termsAskedAt: 0,
  setUp: false,
  spaceCreators: 'chosen',
  twoStep: false,
  codeMinutes: 60,
  invitationDays: 7,
  accessDays: 0,
  policy: presets.hardened,
  allowedDomains: [],
  mailTexts: {},
  spaceStorage: 5 * 1024 ** 3,
  guestStorage: 1024 ** 3,
  hiddenTemplates: [],
  presence: true,
  auditYears: 0,
  ...loginSecurityDefaults,
  ...trustDefaults,
  revision: 0,
  seeding: false,
  seeded: false,
};

/** Selected with a session or login row: one query, never stale. */
export const settingsColumn = sql<string>`(select json_group_object(key, value) from setting)`.as('settings');

export function parse(column: string | null): Settings {
  const stored = JSON.parse(column ?? '{}') as Record<string, string>;
  const values = Object.fromEntries(Object.entries(stored).map(([key, value]) => [key, JSON.parse(value)]));
  return { ...defaults, ...values };
}

/** From the session, else one query. */
export async function read(ctx: Ctx): Promise<Settings> {
  if (ctx.settings) return ctx.settings;
  const rows = await ctx.db.select({ settings: settingsColumn }).from(sql`(select 1)`);
  return (ctx.settings = parse(rows[0]?.settings ?? null));
}

/** Whose guests they are. */
export const companyOf = ({ companyName, siteName }: Pick<Settings, 'companyName' | 'siteName'>): string =>
  companyName || siteName;

/** Null where it would only repeat the site's name. */
export const hostOf = ({
  companyName,
  siteName,
}: Pick<Settings, 'companyName' | 'siteName'>): string | null =>
  companyName && companyName !== siteName ? companyName : null;

/** It decides nothing, so the isolate may cache it for a minute. */
export interface Appearance {
  siteName: string;
  company: string;
  logo: { src: string; width: number; height: number } | null;
  /** Paragraphs. */
  loginText: string[];
  privacyUrl: string | null;
  termsUrl: string | null;
  /** The address of the accent's styles. */
  stylesheet: string | null;
  setUp: boolean;
}

/** Raise the number when the shades of an accent change: browsers keep them for a year. */
export const accentVersion = (accent: string): string => `1-${accent.slice(1)}`;

let kept: { appearance: Appearance; until: number } | null = null;

/** From the session, the isolate's memory, or D1. Not cached before set-up. */
export async function appearance(ctx: Ctx): Promise<Appearance> {
  if (!ctx.settings && kept && kept.until > ctx.now) return kept.appearance;
  const site = await read(ctx);
  const { siteName, setUp, accent, logo, loginText, privacyUrl, termsUrl } = site;
  const value = {
    siteName,
    company: companyOf(site),
    logo: logo && { src: `/logo?v=${logo.id}`, width: logo.width, height: logo.height },
    loginText: loginText.split('\n').filter(Boolean),
    privacyUrl,
    termsUrl,
    stylesheet: accent && `/appearance.css?v=${accentVersion(accent)}`,
    setUp,
  };
  kept = setUp ? { appearance: value, until: ctx.now + MINUTE } : null;
  return value;
}

/** Other isolates learn of a change within the minute. */
export const forgetAppearance = (): void => void (kept = null);

/** D1 answers, its newest migration is applied, and an expected seed is done. */
export async function healthy(ctx: Ctx): Promise<boolean> {
  const { migrated, seeded } = await ctx.read({
    migrated: ctx.db
      .select({ name: sql<string>`name` })
      .from(sql`d1_migrations`)
      .where(sql`name = ${`${journal.entries.at(-1)!.tag}.sql`}`),
    seeded: ctx.db.select().from(setting).where(eq(setting.key, 'seeded')),
  });
  return migrated.length > 0 && (!ctx.config.seed || seeded[0]?.value === 'true');
}
