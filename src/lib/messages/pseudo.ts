/**
 * English in disguise, for tests on a developer's machine: accented and longer, or from right to left. Every translated text
 * stands in ⟦brackets⟧, so whatever has none was forgotten.
 */
import { IntlMessageFormat } from 'intl-messageformat';
import { isolated, type Direction, type Params } from './direction';
import en, { type MessageKey } from './en';
import type { Parsed } from './parsed';

export const PSEUDO = { long: 'ltr', mirrored: 'rtl' } as const satisfies Record<string, Direction>;
export type Pseudo = keyof typeof PSEUDO;
export const isPseudo = (value: unknown): value is Pseudo => Object.hasOwn(PSEUDO, String(value));

const plain = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const letters: Record<Pseudo, string> = {
  long: 'áƀçđéƒǧħíĵķłɱñóþǫŕšťúṽŵẋýžÁƁÇĐÉƑǦĦÍĴĶŁṀÑÓÞǪŔŠŤÚṼŴẊÝŽ',
  mirrored: 'אבגדהוזחטיכלמנסעפצקרשתםןףץאבגדהוזחטיכלמנסעפצקרשתםןףץ',
};

type Element = Parsed[number];

function disguised(kind: Pseudo, element: Element): Element {
  if ('options' in element)
    return {
      ...element,
      options: Object.fromEntries(
        Object.entries(element.options).map(([name, { value, ...option }]) => [
          name,
          { ...option, value: value.map((one) => disguised(kind, one)) },
        ]),
      ),
    };
  if (element.type !== 0) return element;
  return { ...element, value: element.value.replace(/[a-z]/gi, (one) => letters[kind][plain.indexOf(one)]!) };
}

/** 40 % longer, in words of their own, because words can be wrapped. */
const longer = (text: string): string => {
  const words = text
    .replace(/[\u2066-\u2069⟦⟧]/g, '')
    .split(/\s+/)
    .filter((word) => /\p{L}/u.test(word));
  const more = Math.ceil([...text].length * 0.4);
  let added = '';
  for (let i = 0; added.length < more && words.length > 0; i++) added += ` ${words[i % words.length]!}`;
  return text + added.slice(0, Math.max(more, 2)).trimEnd();
};

function parsedOf(text: string | Parsed): Parsed {
  if (typeof text === 'string' && !text.includes('{')) return [{ type: 0, value: text }];
  return new IntlMessageFormat(text, 'en', undefined, { ignoreTag: true }).getAst();
}

export function pseudoTranslator(kind: Pseudo) {
  const compiled = new Map<string, IntlMessageFormat>();
  return (key: MessageKey, params?: Params): string => {
    let format = compiled.get(key);
    if (!format) {
      const parsed = parsedOf(en[key]);
      format = new IntlMessageFormat(
        parsed.map((element) => disguised(kind, element)),
        'en',
      );
      compiled.set(key, format);
    }
    return `⟦${longer(String(format.format(params && isolated(params, PSEUDO[kind]))))}⟧`;
  };
}
