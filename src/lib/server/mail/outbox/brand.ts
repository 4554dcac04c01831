import { inArray } from 'drizzle-orm';
import type { Ctx } from '../../context';
import { setting, type Settings } from '../../schema';
import type { Brand } from '../layout/brand';

/** Mail programs show others seldom. */
const SHOWN = new Set(['image/png', 'image/jpeg']);

export async function readBrand(ctx: Ctx): Promise<Brand> {
  const rows = await ctx.db
    .select()
    .from(setting)
    .where(inArray(setting.key, ['companyName', 'accent', 'logo', 'mailTexts']));
  const stored = Object.fromEntries(
    rows.map(({ key, value }) => [key, JSON.parse(value)]),
  ) as Partial<Settings>;
  const { companyName: company = '', accent = null, logo, mailTexts: texts } = stored;
  return {
    company,
    accent,
    texts,
    logo:
      logo && SHOWN.has(logo.type)
        ? { url: `${ctx.config.origin}/logo`, width: logo.width, height: logo.height }
        : null,
  };
}
