import { eq, sql } from 'drizzle-orm';
import * as access from '../access';
import { changed, must, type SignedIn } from '../context';
import { Refusal } from '../errors';
import { record } from '../events';
import * as files from '../files';
import * as folded from '../folded';
import { allow } from '../policy';
import { spaceTemplate } from '../schema';
import * as settings from '../settings';
import { isSaved, merge, wasOf, type Fields } from '../stale';
import { own, shippedOne, stored } from './choose';
import { shipped } from './shipped';
import { cardOf, PLAIN_COVER } from './template';
import { nameTaken } from './write';
import * as site from '../site';

export async function manage(ctx: SignedIn) {
  allow(ctx, 'site.administer');
  const [rows, { hiddenTemplates }] = await Promise.all([own(ctx), settings.read(ctx)]);
  const cards = shipped(ctx.locale).map((template) => ({
    ...cardOf(template),
    hidden: hiddenTemplates.includes(template.id),
  }));
  return { rows: rows.map((row) => ({ ...row, was: wasOf(row, fields) })), shipped: cards };
}

const fields: Fields<{ name: string; description: string }> = {
  name: { label: 'template.name', name: 'templateName' },
  description: { label: 'template.description' },
};

const saved = async (ctx: SignedIn, id: string) => {
  const { name, description, updatedAt } = spaceTemplate;
  const [row] = await ctx.db
    .select({ name, description, updatedAt })
    .from(spaceTemplate)
    .where(eq(spaceTemplate.id, id));
  return row;
};

/** @param updatedAt of the template on the form, so that a stale form overwrites nothing; with `was`, what it showed */
export async function change(
  ctx: SignedIn,
  id: string,
  form: { name: string; description: string },
  updatedAt: number,
  was?: string,
): Promise<void> {
  allow(ctx, 'site.administer');
  const before = await saved(ctx, id);
  if (!before) throw new Refusal('missing');
  const { updatedAt: now } = before;
  const stale = now !== updatedAt;
  const { name, description } = stale ? merge(form, before, fields, { was, now: { updatedAt: now } }) : form;
  if (isSaved({ name, description }, before, fields)) return;
  const refusal = async () => {
    const row = await saved(ctx, id);
    if (!row) return new Refusal('missing');
    // Saved already: only the answer was lost.
    if (isSaved({ name, description }, row, fields)) return null;
    return row.updatedAt === now ? nameTaken(name) : new Refusal('conflict', { key: 'form.stale' });
  };
  await access.commitForSite(
    ctx,
    [
      ctx.db.run(sql`
      update space_template set name = ${name}, folded = ${folded.name(name)}, description = ${description}, updated_at = max(updated_at + 1, ${ctx.now})
      where id = ${id} and updated_at = ${now}
        and not exists (select 1 from space_template o where ${folded.templateNamed(name, 'o')} and o.id <> ${id})`),
      must(ctx, changed()),
      record(ctx, { kind: 'template.changed', subject: `template:${id}`, detail: { name } }),
    ],
    { refusal },
  );
}

/** Spaces made from it stay as they are. Twice is no error. */
export async function remove(ctx: SignedIn, id: string): Promise<void> {
  allow(ctx, 'site.administer');
  const template = await stored(ctx, id);
  if (!template) return;
  await access.commitForSite(
    ctx,
    [
      files.useCoverOfTemplate(ctx, PLAIN_COVER, id),
      ctx.db.delete(spaceTemplate).where(eq(spaceTemplate.id, id)),
      must(ctx, changed()),
      record(ctx, { kind: 'template.removed', subject: `template:${id}`, detail: { name: template.name } }),
    ],
    { refusal: () => null },
  );
}

export async function setHidden(ctx: SignedIn, id: string, hidden: boolean): Promise<void> {
  allow(ctx, 'site.administer');
  if (!shippedOne(ctx, id)) throw new Refusal('missing');
  const { hiddenTemplates, revision } = await settings.read(ctx);
  if (hiddenTemplates.includes(id) === hidden) return;
  const others = hiddenTemplates.filter((one) => one !== id);
  await site.changeSettings(ctx, { hiddenTemplates: hidden ? [...others, id] : others }, revision);
}
