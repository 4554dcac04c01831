import * as v from 'valibot';
import { templateFile } from '../../schemas';
import { Refusal } from '../errors';
import * as files from '../files';
import { PLAIN_COVER, type Template } from './template';

/** An uploaded cover is left out, because it is a file. */
export const documentOf = ({ name, description, content }: Template): string =>
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

export const bytesOf = (template: Template): number => new TextEncoder().encode(documentOf(template)).length;

/** UTF-8, with or without a byte order mark. */
export function read(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Refusal('invalid', { key: 'template.file-unreadable', field: 'file' });
  }
}

/** Refuses what is not a template, or a newer version. */
export function ours(value: unknown): unknown {
  const { format, version } = Object(value) as { format?: unknown; version?: unknown };
  if (format !== 'foyer-space-template')
    throw new Refusal('invalid', { key: 'template.file-other', field: 'file' });
  if (version !== 1) throw new Refusal('invalid', { key: 'template.file-version', field: 'file' });
  return value;
}

/** Names the place: `content › threads › 3 › title`. */
export function wrong(issue: v.InferIssue<typeof templateFile>): Refusal {
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
