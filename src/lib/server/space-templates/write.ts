import { sql } from 'drizzle-orm';
import { fileSize } from '../../files';
import { LARGEST_TEMPLATE } from '../../templates';
import * as access from '../access';
import { changed, must, type Ctx, type SignedIn } from '../context';
import { Refusal } from '../errors';
import { record } from '../events';
import * as files from '../files';
import * as folded from '../folded';
import { spaceTemplate } from '../schema';
import { bytesOf } from './document';
import { MOST, PLAIN_COVER, type Template } from './template';

/** A shipped cover if its bytes are gone. */
export async function coverCopy(ctx: SignedIn, cover: string): Promise<string> {
  try {
    return await files.copyCover(ctx, cover);
  } catch (error) {
    if (error instanceof Refusal && error.kind === 'missing') return PLAIN_COVER;
    throw error;
  }
}

/** Refuses a name that is taken, or too many templates. */
export async function insert(
  ctx: SignedIn,
  { id, name, description, content }: Template,
  action: 'template.created' | 'template.imported',
  spaceId: number | null,
): Promise<string> {
  if (bytesOf({ id, name, description, content }) > LARGEST_TEMPLATE) throw tooLarge(ctx);
  const actor = ctx.actor.id;
  const refusal = async () => {
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
    // The actor no longer administers the space, or the copied cover is gone.
    return new Refusal('missing');
  };
  const commit: Ctx['commit'] = (batch, options) =>
    spaceId === null
      ? access.commitForSite(ctx, batch, options)
      : ctx.commit([access.stillAdministers(ctx, spaceId, { archived: true }), ...batch], options);
  await commit(
    [
      ctx.db.run(sql`
        insert into space_template (id, name, folded, description, content, created_by, created_at, updated_at)
        select ${id}, ${name}, ${folded.name(name)}, ${description}, ${JSON.stringify(content)}, ${actor}, ${ctx.now}, ${ctx.now}
        where not exists (select 1 from space_template where ${folded.templateNamed(name)})
          and (select count(*) from space_template) < ${MOST}`),
      must(ctx, changed()),
      ...files.useCoverOfTemplate(ctx, content.cover, id),
      record(ctx, { kind: action, subject: `template:${id}`, detail: { name }, spaceId }),
    ],
    { refusal, duplicate: 'lost' },
  );
  return id;
}

/** Before the write decides, for a form whose other fields are refused. @param id of the template that has the name itself */
export async function judgeName(ctx: SignedIn, name = '', id = ''): Promise<void> {
  const [found] = await ctx.db
    .select({ id: spaceTemplate.id })
    .from(spaceTemplate)
    .where(sql`${folded.templateNamed(name)} and id <> ${id}`)
    .limit(1);
  if (found) throw nameTaken(name);
}

export const nameTaken = (name: string) =>
  new Refusal('conflict', { key: 'template.name-taken', params: { name }, field: 'templateName' });
export const tooLarge = (ctx: SignedIn, field?: string) =>
  new Refusal('too-large', {
    key: 'template.too-large',
    params: { size: fileSize(LARGEST_TEMPLATE, ctx.locale) },
    field,
  });
