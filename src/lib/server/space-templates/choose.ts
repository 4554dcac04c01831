import { asc, eq, sql } from 'drizzle-orm';
import { defaultOptions, mapOptions } from '../../space-options';
import type { TemplateCard } from '../../templates';
import type { SignedIn } from '../context';
import { Refusal } from '../errors';
import * as folded from '../folded';
import * as markdown from '../markdown';
import { allow } from '../policy';
import { spaceTemplate, user } from '../schema';
import * as settings from '../settings';
import * as spaces from '../spaces';
import { shipped } from './shipped';
import { cardOf, isShipped, MOST, PLAIN_COVER, type Template } from './template';
import { coverCopy } from './write';

/** Where a space from scratch begins. */
const plain = { ...defaultOptions, cover: PLAIN_COVER };

export async function own(ctx: SignedIn) {
  const { content } = spaceTemplate;
  const rows = await ctx.db
    .select({
      id: spaceTemplate.id,
      name: spaceTemplate.name,
      description: spaceTemplate.description,
      cover: sql<string>`json_extract(${content}, '$.cover')`,
      threads: sql<number>`json_array_length(${content}, '$.threads')`,
      links: sql<number>`json_array_length(${content}, '$.links')`,
      announcement: sql<number>`json_extract(${content}, '$.announcement') <> ''`,
      by: user.name,
      createdAt: spaceTemplate.createdAt,
      updatedAt: spaceTemplate.updatedAt,
    })
    .from(spaceTemplate)
    .innerJoin(user, eq(user.id, spaceTemplate.createdBy))
    .orderBy(asc(folded.template()), asc(spaceTemplate.id))
    .limit(MOST);
  return rows.map((row) => ({ ...row, announcement: row.announcement === 1 }));
}

/** The site's own, then shipped ones that are not hidden, in the viewer's language. */
export async function list(ctx: SignedIn): Promise<(TemplateCard & { by: string | null })[]> {
  allow(ctx, 'space.create');
  const [mine, { hiddenTemplates }] = await Promise.all([own(ctx), settings.read(ctx)]);
  return [
    ...mine.map(({ createdAt: _created, updatedAt: _updated, ...card }) => card),
    ...shipped(ctx.locale)
      .filter(({ id }) => !hiddenTemplates.includes(id))
      .map((template) => ({ ...cardOf(template), by: null })),
  ];
}

/** For people who may create spaces; null if it is gone or hidden. */
export async function find(ctx: SignedIn, id: string): Promise<Template | null> {
  allow(ctx, 'space.create');
  if (isShipped(id)) {
    const { hiddenTemplates } = await settings.read(ctx);
    return hiddenTemplates.includes(id) ? null : shippedOne(ctx, id);
  }
  return stored(ctx, id);
}

export const shippedOne = (ctx: SignedIn, id: string): Template | null =>
  shipped(ctx.locale).find((template) => template.id === id) ?? null;

export async function stored(ctx: SignedIn, id: string): Promise<Template | null> {
  const [row] = await ctx.db
    .select({
      id: spaceTemplate.id,
      name: spaceTemplate.name,
      description: spaceTemplate.description,
      content: spaceTemplate.content,
    })
    .from(spaceTemplate)
    .where(eq(spaceTemplate.id, id))
    .limit(1);
  return row ?? null;
}

/** Texts rendered, threads by their first words. */
export function preview({ content, ...template }: Template) {
  const { announcement, threads, links, ...form } = content;
  return {
    ...template,
    form,
    announcementHtml: announcement ? markdown.render(announcement) : null,
    threads: threads.map(({ title, body }) => ({ title, excerpt: markdown.excerpt(body, 120) })),
    links,
  };
}

/** @param templateId empty for a space from scratch. @returns the space's id */
export async function beginSpace(
  ctx: SignedIn,
  templateId: string,
  form: spaces.SpaceForm,
  members: { id: string; administrator: boolean }[],
  requestKey: string,
): Promise<number> {
  const template = templateId ? await find(ctx, templateId) : null;
  if (templateId && !template) throw new Refusal('conflict', { key: 'template.gone' });
  // The template keeps its own picture.
  const cover = form.cover === template?.content.cover ? await coverCopy(ctx, form.cover) : form.cover;
  return spaces.create(ctx, { ...form, cover }, members, requestKey, template?.content);
}

type Typed = Record<string, string | string[] | undefined>;

/** For a form that is filled in already. What nobody has changed since follows the new template. */
export async function beginAgain(ctx: SignedIn, typed: Typed, wanted: string | null): Promise<Typed> {
  const to = wanted === 'scratch' ? '' : wanted;
  if (to === null || to === typed.template) return typed;
  const startOf = async (id: string) => (id && (await find(ctx, id))?.content) || plain;
  const [before, after] = [await startOf(String(typed.template ?? '')), await startOf(to)];
  const options = mapOptions(({ name }) =>
    !!typed[name] === before[name] ? (after[name] ? 'on' : '') : typed[name],
  );
  const cover = typed.cover === before.cover ? after.cover : typed.cover;
  return { ...typed, ...options, cover, template: to };
}
