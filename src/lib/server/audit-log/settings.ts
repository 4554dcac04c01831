/** Which settings were changed, from what to what. */
import type { Sentence } from '../../forms';
import { inARow, type Locale, type Translate } from '../../messages';
import { characters } from '../../text';
import { said } from '../settings';

/** A list of domains may be long; the entry itself has all of it. */
const SHOWN = 120;

interface Change {
  from: unknown;
  to: unknown;
}

const isChange = (value: unknown): value is Change =>
  typeof value === 'object' && value !== null && 'from' in value && 'to' in value;

export const changesOf = (t: Translate, locale: Locale, detail: Record<string, unknown>): string =>
  inARow(
    locale,
    partsOf(detail).map(([name, change]) => changeOf(t, name, change)),
  );

/** The parts of the credential policy each for itself. */
const partsOf = (detail: Record<string, unknown>): [name: string, change: unknown][] =>
  Object.entries(detail).flatMap(([name, change]): [string, unknown][] => {
    if (name !== 'policy' || !isChange(change)) return [[name, change]];
    const { from, to } = change as { from: Record<string, unknown>; to: Record<string, unknown> };
    return Object.keys(to)
      .filter((part) => from[part] !== to[part])
      .map((part) => [part, { from: from[part], to: to[part] }]);
  });

function changeOf(t: Translate, name: string, change: unknown): string {
  const to = said(name, isChange(change) ? change.to : undefined);
  const label = to ? t(to.label) : name;
  // Earlier entries have no values, and a picture has none in words.
  if (!isChange(change) || !to) return label;
  const words = (text: string | Sentence = '') =>
    short(typeof text === 'string' ? text.split('\n').join(' ') : t(text.key, text.params)) ||
    t('audit.empty');
  const [before, after] = [words(said(name, change.from)?.text), words(to.text)];
  return before === after ? label : t('audit.from-to', { label, from: before, to: after });
}

const short = (text: string): string =>
  characters(text) > SHOWN ? `${[...text.slice(0, SHOWN)].join('')}…` : text;
