import * as v from 'valibot';
import { templateFile } from '../../schemas';
import { LARGEST_TEMPLATE } from '../../templates';
import type { SignedIn } from '../context';
import { randomId } from '../crypto';
import { Refusal } from '../errors';
import { record } from '../events';
import { allow } from '../policy';
import { shippedOne, stored } from './choose';
import { documentOf, ours, read, wrong } from './document';
import { isShipped } from './template';
import { insert, tooLarge } from './write';

export async function exportFile(ctx: SignedIn, id: string): Promise<{ name: string; text: string }> {
  allow(ctx, 'site.administer');
  const template = isShipped(id) ? shippedOne(ctx, id) : await stored(ctx, id);
  if (!template) throw new Refusal('missing');
  const name = template.name.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'template';
  await ctx.commit([record(ctx, { kind: 'template.exported', subject: `template:${id}` })]);
  return { name: `${name}.foyer-template.json`, text: documentOf(template) };
}

export async function importFile(
  ctx: SignedIn,
  document: string | Uint8Array,
): Promise<{ id: string; name: string }> {
  allow(ctx, 'site.administer');
  const bytes = typeof document === 'string' ? new TextEncoder().encode(document) : document;
  if (bytes.length > LARGEST_TEMPLATE) throw tooLarge(ctx, 'file');
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
