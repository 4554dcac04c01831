/** The site, as its administrators run it. */
import { sql } from 'drizzle-orm';
import * as access from './access';
import { changed, must, type Ctx, type SignedIn, type Statement } from './context';
import { Refusal } from './errors';
import { record } from './events';
import { allow } from './policy';
import { setting, type Settings } from './schema';
import * as settings from './settings';
import { merge, type Fields } from './stale';

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

/** Perhaps only the answer was lost. Nothing is recorded then. */
async function isSaved(ctx: Ctx, values: Partial<Settings>): Promise<boolean> {
  ctx.settings = null;
  const now = await settings.read(ctx);
  return Object.entries(values).every(
    ([name, value]) => JSON.stringify(now[name as keyof Settings]) === JSON.stringify(value),
  );
}

/** What the form changes, and the revision that it then is about. @throws Refusal (stale.ts) */
export async function merged<T extends object>(
  ctx: SignedIn,
  mine: T,
  savedOf: (site: Settings) => T,
  fields: Fields<T>,
  shown: { revision: number; was?: string },
): Promise<{ form: T; revision: number }> {
  allow(ctx, 'site.administer');
  const site = await settings.read(ctx);
  const { revision } = site;
  if (revision === shown.revision) return { form: mine, revision };
  return { form: merge(mine, savedOf(site), fields, { was: shown.was, now: { revision } }), revision };
}

/** @throws Refusal (stale.ts), also if the two changes do not fit together */
export async function mergedAuthentication(
  ctx: SignedIn,
  mine: settings.Authentication,
  shown: { revision: number; was?: string },
) {
  const both = (was?: string) =>
    merged(ctx, mine, settings.authenticationOf, settings.authenticationFields, { ...shown, was });
  const result = await both(shown.was);
  return result.form.minLength > result.form.maxLength ? both() : result;
}

/**
 * Writes and records what differs from what is saved.
 * @param revision of the form that was shown, so that a stale one changes nothing
 * @param also what belongs to the same change, before it and after it
 */
export async function changeSettings(
  ctx: SignedIn,
  values: Partial<Settings>,
  revision?: number,
  also: { first?: Statement[]; then?: Statement[] } = {},
): Promise<void> {
  allow(ctx, 'site.administer');
  if (await isSaved(ctx, values)) return;
  const before = await settings.read(ctx);
  const entries = (Object.entries(values) as [keyof Settings, never][]).filter(
    ([name, value]) => JSON.stringify(before[name]) !== JSON.stringify(value),
  );
  const detail = Object.fromEntries(
    entries.map(([name, value]) => [name, { from: before[name], to: value as unknown }]),
  );
  await access.commitForSite(
    ctx,
    [
      ...nextRevision(ctx, revision),
      ...(also.first ?? []),
      ...entries.map(([key, value]) => settings.put(ctx, key, value)),
      ...(also.then ?? []),
      record(ctx, { kind: 'setting.changed', subject: 'site', detail }),
    ],
    {
      refusal: async () =>
        (await isSaved(ctx, values)) ? null : new Refusal('conflict', { key: 'form.stale' }),
    },
  );
  // The session's settings are out of date now.
  ctx.settings = null;
}
