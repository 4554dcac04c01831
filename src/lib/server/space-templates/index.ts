/**
 * Templates of spaces: what a new space starts with. Some ship with Foyer; others are made from existing spaces or imported
 * from files. A template contains settings and texts of the company, never people, comments, files or texts of guests.
 */
import { and, asc, eq, sql } from 'drizzle-orm';
import * as v from 'valibot';
import * as access from '../access';
import { fileSize } from '../../files';
import { isWebAddress } from '../../links';
import { limits, templateFile } from '../../schemas';
import { optionsOf } from '../../space-options';
import { changed, must, type SignedIn } from '../context';
import { keyedId, randomId } from '../crypto';
import { Refusal } from '../errors';
import { record } from '../events';
import * as files from '../files';
import * as folded from '../folded';
import * as markdown from '../markdown';
import { allow, can } from '../policy';
import { spaceTemplate, thread, user, type TemplateContent } from '../schema';
import * as settings from '../settings';
import * as spaces from '../spaces';
import { linksFrom, textOf } from '../spaces/form';
import { nameableQuery, withoutNames } from '../mentions/people';
import { shipped } from './shipped';
import type { TemplateCard } from '../../templates';

/** Templates that a site may have of its own. A gallery can still show this many. */
const MOST = 100;
/** The cover of a template whose own cannot be taken along. */
const PLAIN_COVER = 'harbour';

/** A template as a space is made from it. */
export interface Template {
  id: string;
  name: string;
  description: string;
  content: TemplateContent;
}

const isShipped = (id: string) => id.startsWith('shipped:');

const cardOf = ({ content, ...template }: Template): TemplateCard => ({
  ...template,
  cover: content.cover,
  threads: content.threads.length,
  links: content.links.length,
  announcement: content.announcement !== '',
});

// --- Choosing -----------------------------------------------------------------------------------------------

/** The site's own templates, by name, without their texts. */
async function own(ctx: SignedIn) {
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

/** Templates for a new space: the site's own, then shipped ones that are not hidden, in the viewer's language. */
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

/** The template with this id, for people who may create spaces; null if there is none (any more) or it is hidden. */
export async function find(ctx: SignedIn, id: string): Promise<Template | null> {
  allow(ctx, 'space.create');
  if (isShipped(id)) {
    const { hiddenTemplates } = await settings.read(ctx);
    return hiddenTemplates.includes(id) ? null : shippedOne(ctx, id);
  }
  return stored(ctx, id);
}

const shippedOne = (ctx: SignedIn, id: string): Template | null =>
  shipped(ctx.locale).find((template) => template.id === id) ?? null;

async function stored(ctx: SignedIn, id: string): Promise<Template | null> {
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

/** A template as its preview shows it: texts rendered, threads by their first words. */
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

/**
 * Creates a space from its form and a template.
 * @param templateId empty for a space from scratch
 * @returns the space's id
 */
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

// --- Making -------------------------------------------------------------------------------------------------

/** Removes links to files, which do not work in another space. Their words stay. */
const withoutFiles = (ctx: SignedIn, text: string): string =>
  text
    .replaceAll(`](${ctx.config.origin}/files/`, '](/files/')
    .replace(/!?\[([^\]\n]{0,500})\]\(\/files\/[^)\s]{0,200}\)/g, '$1');

/** What a template takes from a space. One batch; for its administrators. */
async function contentOf(ctx: SignedIn, spaceId: number) {
  const { reach, people, threads } = await ctx.read({
    reach: access.spaceQuery(ctx, spaceId),
    people: nameableQuery(ctx, spaceId, '@'),
    // Texts of guests are not the company's to pass on.
    threads: ctx.db
      .select({ title: thread.title, body: thread.body, mentions: thread.mentions })
      .from(thread)
      .innerJoin(user, eq(user.id, thread.authorId))
      .where(
        and(
          eq(thread.spaceId, spaceId),
          eq(user.kind, 'user'),
          sql`(${thread.title} <> '' or ${thread.body} <> '')`,
        ),
      )
      .orderBy(sql`${thread.pinnedAt} is null, ${thread.pinnedAt} desc`, asc(thread.id))
      .limit(limits.templateThreads),
  });
  const found = access.foundSpace(ctx, reach);
  allow(ctx, 'space.administer', found.spaceRole);
  // A template names nobody: mentions become "@…".
  const own = withoutNames(
    ctx,
    { title: textOf(found.links), body: found.announcement, mentions: found.mentions },
    people,
  );
  const content: TemplateContent = {
    cover: found.cover,
    ...optionsOf(found),
    announcement: withoutFiles(ctx, own.body),
    threads: threads.map((text) => {
      const { title, body } = withoutNames(ctx, text, people);
      return { title, body: withoutFiles(ctx, body) };
    }),
    links: linksFrom(found.links, own.title)
      .filter(({ url }) => isWebAddress(url))
      .slice(0, limits.links),
  };
  return { name: found.name, content };
}

/** "Create Template": a preview of what will be in it. */
export async function draft(ctx: SignedIn, spaceId: number) {
  const { name, content } = await contentOf(ctx, spaceId);
  return {
    ...preview({
      id: '',
      name: [...name].slice(0, limits.templateName).join('').trim(),
      description: '',
      content,
    }),
    /** An uploaded cover is copied only for people who may upload covers. */
    plainCover: files.coverFile(content.cover) !== null && !can(ctx.actor, 'space.create'),
    mayCreate: can(ctx.actor, 'space.create'),
  };
}

/**
 * "Create Template": of a space that the actor administers. Everybody who may create spaces sees it from then on.
 * @param requestKey a random key of the form: posted twice it makes one template; with other words it makes another
 * @returns the template's id
 */
export async function fromSpace(
  ctx: SignedIn,
  spaceId: number,
  form: { name: string; description: string; requestKey?: string },
): Promise<string> {
  const { content } = await contentOf(ctx, spaceId);
  const id = form.requestKey
    ? keyedId(
        ctx.config.secret,
        'template',
        JSON.stringify([ctx.actor.id, form.requestKey, form.name, form.description]),
      )
    : randomId();
  if (files.coverFile(content.cover))
    content.cover = can(ctx.actor, 'space.create') ? await coverCopy(ctx, content.cover) : PLAIN_COVER;
  return insert(ctx, { id, ...form, content }, 'template.created', spaceId);
}

/** A copy of an uploaded cover; a shipped cover if its bytes are gone. */
async function coverCopy(ctx: SignedIn, cover: string): Promise<string> {
  try {
    return await files.copyCover(ctx, cover);
  } catch (error) {
    if (error instanceof Refusal && error.kind === 'missing') return PLAIN_COVER;
    throw error;
  }
}

/** Writes a template if its name is free and the site does not have too many. */
async function insert(
  ctx: SignedIn,
  { id, name, description, content }: Template,
  action: 'template.created' | 'template.imported',
  spaceId: number | null,
): Promise<string> {
  if (bytesOf({ id, name, description, content }) > limits.templateFile) throw tooLarge(ctx);
  const actor = ctx.actor.id;
  const whyNot = async () => {
    const [state] = await ctx.db
      .select({
        again: sql<number>`exists (select 1 from space_template where id = ${id} and created_by = ${actor})`,
        taken: sql<number>`exists (select 1 from space_template where ${folded.templateNamed(name)})`,
        count: sql<number>`(select count(*) from space_template)`,
      })
      .from(sql`(select 1)`);
    if (state!.again) return null;
    if (state!.taken) return nameTaken(name);
    if (state!.count >= MOST)
      return new Refusal('conflict', { key: 'template.too-many', params: { max: MOST } });
    // The actor no longer administers the space or the site, or the copy of the cover is gone.
    return new Refusal(spaceId === null ? 'forbidden' : 'missing');
  };
  await ctx.commit(
    [
      spaceId === null ? access.stillAdministersSite(ctx) : access.stillIn(ctx, spaceId, true),
      ctx.db.run(sql`
        insert into space_template (id, name, folded, description, content, created_by, created_at, updated_at)
        select ${id}, ${name}, ${folded.name(name)}, ${description}, ${JSON.stringify(content)}, ${actor}, ${ctx.now}, ${ctx.now}
        where not exists (select 1 from space_template where ${folded.templateNamed(name)})
          and (select count(*) from space_template) < ${MOST}`),
      must(ctx, changed()),
      ...files.useCoverOfTemplate(ctx, content.cover, id),
      record(ctx, { kind: action, subject: `template:${id}`, detail: { name }, spaceId }),
    ],
    { refusal: whyNot, duplicate: 'lost' },
  );
  return id;
}

const nameTaken = (name: string) =>
  new Refusal('conflict', { key: 'template.name-taken', params: { name }, field: 'templateName' });
const tooLarge = (ctx: SignedIn, field?: string) =>
  new Refusal('too-large', {
    key: 'template.too-large',
    params: { size: fileSize(limits.templateFile, ctx.locale) },
    field,
  });

// --- Administration -----------------------------------------------------------------------------------------

/** Administration: the site's own templates, and shipped ones with whether each is hidden. */
export async function manage(ctx: SignedIn) {
  allow(ctx, 'site.administer');
  const [rows, { hiddenTemplates }] = await Promise.all([own(ctx), settings.read(ctx)]);
  const cards = shipped(ctx.locale).map((template) => ({
    ...cardOf(template),
    hidden: hiddenTemplates.includes(template.id),
  }));
  return { rows, shipped: cards };
}

/**
 * Administration: another name and description.
 * @param updatedAt of the template that the form showed, so that a stale form overwrites nothing
 */
export async function change(
  ctx: SignedIn,
  id: string,
  form: { name: string; description: string },
  updatedAt: number,
): Promise<void> {
  const { name, description } = form;
  const whyNot = async () => {
    const [row] = await ctx.db
      .select({ updatedAt: spaceTemplate.updatedAt })
      .from(spaceTemplate)
      .where(eq(spaceTemplate.id, id));
    if (!row) return new Refusal('missing');
    return row.updatedAt === updatedAt ? nameTaken(name) : new Refusal('conflict', { key: 'form.stale' });
  };
  await access.commitForSite(
    ctx,
    [
      ctx.db.run(sql`
      update space_template set name = ${name}, folded = ${folded.name(name)}, description = ${description}, updated_at = max(updated_at + 1, ${ctx.now})
      where id = ${id} and updated_at = ${updatedAt}
        and not exists (select 1 from space_template o where ${folded.templateNamed(name, 'o')} and o.id <> ${id})`),
      must(ctx, changed()),
      record(ctx, { kind: 'template.changed', subject: `template:${id}`, detail: { name } }),
    ],
    { refusal: whyNot },
  );
}

/** Administration: deletes a template. Spaces that were made from it stay as they are. */
export async function remove(ctx: SignedIn, id: string): Promise<void> {
  allow(ctx, 'site.administer');
  const template = await stored(ctx, id);
  if (!template) throw new Refusal('missing');
  await access.commitForSite(
    ctx,
    [
      files.useCoverOfTemplate(ctx, PLAIN_COVER, id),
      ctx.db.delete(spaceTemplate).where(eq(spaceTemplate.id, id)),
      must(ctx, changed()),
      record(ctx, { kind: 'template.removed', subject: `template:${id}`, detail: { name: template.name } }),
    ],
    { refusal: new Refusal('missing') },
  );
}

/** Administration: whether a shipped template is offered. */
export async function setHidden(ctx: SignedIn, id: string, hidden: boolean): Promise<void> {
  allow(ctx, 'site.administer');
  if (!shippedOne(ctx, id)) throw new Refusal('missing');
  const { hiddenTemplates, revision } = await settings.read(ctx);
  const others = hiddenTemplates.filter((one) => one !== id);
  await settings.change(ctx, { hiddenTemplates: hidden ? [...others, id] : others }, revision);
}

// --- Files --------------------------------------------------------------------------------------------------

/** A template as a document, without an uploaded cover, which is a file. */
const documentOf = ({ name, description, content }: Template): string =>
  `${JSON.stringify(
    {
      format: 'foyer-space-template',
      version: 1,
      name,
      description,
      content: { ...content, cover: files.coverFile(content.cover) ? PLAIN_COVER : content.cover },
    },
    null,
    2,
  )}\n`;

const bytesOf = (template: Template): number => new TextEncoder().encode(documentOf(template)).length;

/** Administration: a template as a file, also a shipped or hidden one. */
export async function exportFile(ctx: SignedIn, id: string): Promise<{ name: string; text: string }> {
  allow(ctx, 'site.administer');
  const template = isShipped(id) ? shippedOne(ctx, id) : await stored(ctx, id);
  if (!template) throw new Refusal('missing');
  const name = template.name.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'template';
  await ctx.commit([record(ctx, { kind: 'template.exported', subject: `template:${id}` })]);
  return { name: `${name}.foyer-template.json`, text: documentOf(template) };
}

/**
 * Administration: takes a template from a file, as a new one.
 * @returns the template's id and name
 */
export async function importFile(
  ctx: SignedIn,
  document: string | Uint8Array,
): Promise<{ id: string; name: string }> {
  allow(ctx, 'site.administer');
  const bytes = typeof document === 'string' ? new TextEncoder().encode(document) : document;
  if (bytes.length > limits.templateFile) throw tooLarge(ctx, 'file');
  const parsed = v.safeParse(templateFile, ours(read(bytes)), { abortEarly: true });
  if (!parsed.success) throw wrong(parsed.issues[0]);
  const { name, description, content } = parsed.output;
  const id = randomId();
  try {
    await insert(ctx, { id, name, description, content }, 'template.imported', null);
  } catch (error) {
    // The name is in the file, not in a field.
    if (!(error instanceof Refusal) || error.kind === 'missing') throw error;
    throw new Refusal(error.kind, { ...error.detail, field: 'file' });
  }
  return { id, name };
}

/** The JSON of a file in UTF-8, with or without a byte order mark. */
function read(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Refusal('invalid', { key: 'template.file-unreadable', field: 'file' });
  }
}

/** Refuses, with a sentence, what is not a template or has a newer version. */
function ours(value: unknown): unknown {
  const { format, version } = Object(value) as { format?: unknown; version?: unknown };
  if (format !== 'foyer-space-template')
    throw new Refusal('invalid', { key: 'template.file-other', field: 'file' });
  if (version !== 1) throw new Refusal('invalid', { key: 'template.file-version', field: 'file' });
  return value;
}

/** What is wrong with a file, and where: `content › threads › 3 › title`. */
function wrong(issue: v.InferIssue<typeof templateFile>): Refusal {
  const path = (issue.path ?? []) as { key: unknown }[];
  const where = path
    .map(({ key }) => (typeof key === 'number' ? String(key + 1) : String(key).slice(0, 60)))
    .join(' › ');
  const say = (key: ConstructorParameters<typeof Refusal>[1] & object) =>
    new Refusal('invalid', { ...key, field: 'file' });
  if (issue.type === 'max_length') {
    const key = Array.isArray(issue.input) ? 'template.file-too-many' : 'template.file-too-long';
    return say({ key, params: { where, max: Number(issue.requirement) } });
  }
  if (issue.expected === 'never') return say({ key: 'template.file-unknown', params: { where } });
  if (issue.message === 'template.file-link') return say({ key: 'template.file-link', params: { where } });
  if (issue.received === 'undefined' || issue.type === 'non_empty')
    return say({ key: 'template.file-missing', params: { where } });
  return say({ key: 'template.file-wrong', params: { where } });
}
