/** A form that is older than what is saved: of each field, the value that was changed counts. */
import type { SavedField, Sentence } from '../forms';
import type { MessageKey } from '../messages';
import { hashToken } from './crypto';
import { Refusal } from './errors';

interface Field<Value> {
  label: MessageKey;
  /** Of the input, if it is not that of the value. */
  name?: string;
  /** As the input holds it. */
  write?: (value: Value) => string;
  /** What it means, if what the input holds is no words. */
  say?: (value: Value) => Sentence;
}
export type Fields<T> = { [Name in keyof T]-?: Field<NonNullable<T[Name]>> };

/** For the hidden field `was`: which values the form shows. */
export const wasOf = <T extends object>(shown: T, fields: Fields<T>): string =>
  JSON.stringify(Object.fromEntries(namesOf(fields).map((name) => [name, digest(fields, shown, name)])));

/**
 * @returns `mine`, with what is saved now where the form was left as it was shown
 * @throws Refusal if both have changed the same field: with what is saved now, so that the next Save decides
 */
export function merge<T extends object>(
  mine: T,
  saved: T,
  fields: Fields<T>,
  { was, now }: { was?: string; now: Record<string, number> },
): T {
  const shown = parse(was);
  const merged = { ...mine };
  const conflicts: (keyof T & string)[] = [];
  for (const name of namesOf(fields)) {
    const before = shown[name];
    const [typed, newer] = [digest(fields, mine, name), digest(fields, saved, name)];
    if (mine[name] === undefined || typed === newer || newer === before) continue;
    if (typed === before) merged[name] = saved[name];
    else conflicts.push(name);
  }
  if (conflicts.length === 0) return merged;
  const values = namesOf(fields)
    .filter((name) => merged[name] !== mine[name])
    .map((name) => [fields[name].name ?? name, written(fields, saved, name)]);
  const versions = Object.entries(now).map(([name, version]) => [name, String(version)]);
  throw new Refusal('conflict', {
    key: 'form.stale',
    newer: {
      values: Object.fromEntries([...values, ...versions, ['was', wasOf(saved, fields)]]),
      saved: conflicts.map((name) => savedField(fields, saved, name)),
    },
  });
}

/** Nothing is left to save. */
export const isSaved = <T extends object>(form: T, saved: T, fields: Fields<T>): boolean =>
  namesOf(fields).every((name) => digest(fields, form, name) === digest(fields, saved, name));

const namesOf = <T extends object>(fields: Fields<T>) => Object.keys(fields) as (keyof T & string)[];

function savedField<T>(fields: Fields<T>, saved: T, name: keyof T & string): SavedField {
  const { label, name: field = name } = fields[name];
  return { field, label, text: fieldText(fields[name], saved[name]) };
}

/** For people. */
export function fieldText<Value>(field: Field<NonNullable<Value>>, value: Value): string | Sentence {
  if (typeof value === 'boolean') return { key: value ? 'form.on' : 'form.off' };
  if (value === null || value === undefined) return '';
  return field.say?.(value) ?? write(field, value);
}

const written = <T>(fields: Fields<T>, from: T, name: keyof T & string): string =>
  write(fields[name], from[name]);

function write<Value>(field: Field<NonNullable<Value>>, value: Value): string {
  if (typeof value === 'boolean') return value ? 'on' : '';
  if (value === null || value === undefined) return '';
  return field.write?.(value) ?? String(value);
}

const digest = <T>(fields: Fields<T>, from: T, name: keyof T & string): string =>
  hashToken(written(fields, from, name)).slice(0, 11);

/** Whoever tampers with it only decides about their own form. */
function parse(was = ''): Record<string, unknown> {
  try {
    return { ...(JSON.parse(was) as object) };
  } catch {
    return {};
  }
}
