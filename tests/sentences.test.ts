/** A paragraph is one message, or sentences put `together`: what stands between two sentences differs by language. */
import { parse, type AST } from 'svelte/compiler';
import { expect, test } from 'vitest';
import { loadTranslator, locales, together } from '../src/lib/messages';
import { policyWords } from '../src/lib/passwords';
import { presets } from '../src/lib/server/settings';

const sources: [path: string, text: string][] = Object.entries(
  import.meta.glob(['/src/**/*.{ts,svelte}', '!/src/**/*.test.ts', '!/src/routes/dev/**'], {
    query: '?raw',
    import: 'default',
    eager: true,
  }) as Record<string, string>,
);

type Node = AST.Fragment['nodes'][number];

const isBlank = (node: Node) => node.type === 'Comment' || (node.type === 'Text' && !node.data.trim());

/** What a fragment says by itself, from its first or its last node: elements and components are paragraphs of their own. */
function says(node: Node | undefined, source: string, end: 'first' | 'last'): boolean {
  if (node?.type === 'ExpressionTag') return /\bt\(/.test(source.slice(node.start, node.end));
  if (node?.type !== 'IfBlock') return false;
  return [node.consequent, node.alternate].some((fragment) => {
    const within = fragment?.nodes.filter((one) => !isBlank(one)) ?? [];
    return says(end === 'first' ? within[0] : within.at(-1), source, end);
  });
}

const beginning = (node: Node | undefined): string =>
  node?.type === 'Text'
    ? node.data
    : node?.type === 'IfBlock'
      ? beginning(node.consequent.nodes.find((one) => !isBlank(one)))
      : '';

/** Messages beside each other, and marks of a sentence beside a message or an element. */
function joined(fragment: AST.Fragment, source: string, found: string[] = []): string[] {
  const nodes = fragment.nodes.filter((node) => !isBlank(node));
  nodes.forEach((node, i) => {
    const before = nodes[i - 1];
    if (before && says(before, source, 'last') && says(node, source, 'first'))
      found.push(source.slice(before.start, node.end));
    if (before && /^[.,:;!?](\s|$)/.test(beginning(node))) found.push(source.slice(before.start, node.end));
    for (const part of ['fragment', 'consequent', 'alternate', 'body', 'fallback'] as const) {
      const inner = (node as unknown as Record<string, AST.Fragment | null | undefined>)[part];
      if (inner && 'nodes' in inner) joined(inner, source, found);
    }
  });
  return found;
}

const faultsOf = (source: string) => joined(parse(source, { modern: true }).fragment, source);

test('the rule finds what it is about', () => {
  for (const wrong of [
    `<p>{t('a')} {t('b')}</p>`,
    `<p>{t('a')}\n{#if x}{t('b')}{/if}</p>`,
    `{#if y}<p>{#if x}{t('b', { c })}{:else}no{/if} {t('a')}</p>{/if}`,
    `<p>{t('a')} <Time at={1} />.</p>`,
    `<p><strong>{name}</strong>: {t('a')}</p>`,
    `<p>{t('a')}{#if held}. {t('b')}{/if}</p>`,
  ])
    expect(faultsOf(wrong), wrong).not.toEqual([]);
  for (const right of [
    `<p>{t('a')}</p> <p>{t('b')}</p>`,
    `{#if x}{t('a')}{:else}{t('b')}{/if}`,
    `<p>{t('a')} <a href="/">{t('b')}</a></p>`,
    `<p>{t('a')}<br />{t('b')}</p>`,
  ])
    expect(faultsOf(right), right).toEqual([]);
});

test('no page joins messages by a blank or a full stop', () => {
  const pages = sources.filter(([path]) => path.endsWith('.svelte'));
  expect(pages.length).toBeGreaterThan(80);
  expect(pages.flatMap(([path, text]) => faultsOf(text).map((fault) => `${path}: ${fault}`))).toEqual([]);
});

test('nor does any code', () => {
  const faults = sources.flatMap(([path, text]) =>
    [
      ...text.matchAll(
        /\}[ .]+\$\{(?:\w+\.)*t\(|\$\{(?:\w+\.)*t\([^`]*?\)\}[ .]+\$\{|\bt\([^;]{0,400}?\.join\(' '\)/g,
      ),
    ]
      .filter(([piece]) => !/class|style=/.test(piece))
      .map(([piece]) => `${path}: ${piece}`),
  );
  expect(faults).toEqual([]);
});

test('sentences stand together as the language writes them', async () => {
  expect(together('en', 'One.', null, false, '', 'Two.')).toBe('One. Two.');
  expect(together('ja', '一。', undefined, '二。')).toBe('一。二。');
  for (const locale of locales) {
    const t = await loadTranslator(locale);
    for (const policy of Object.values(presets))
      expect(policyWords(policy, t, locale)).toMatch(locale === 'ja' ? /^\S+$/ : /\. \p{Lu}/u);
  }
});

test('names and files in a row stand in the language’s own list: `listed` or `inARow`', () => {
  // A header, and what was typed into a field with commas.
  const plain = ['messages/index', 'server/well-known', 'server/settings/write'];
  const wrong = sources
    .filter(([path]) => !plain.some((one) => path === `/src/lib/${one}.ts`))
    .filter(([, source]) => /\.join\(['"`], ['"`]\)|Intl\.ListFormat/.test(source));
  expect(wrong.map(([path]) => path)).toEqual([]);
});

test('a sentence of ours runs in the direction of its page; only what people wrote has its own', () => {
  // Whoever comes first in it would otherwise turn all of it round: names are isolated within (direction.ts).
  const turned = /<[a-z][^>]*\sdir="auto"[^>]*>\s*\{t\(/;
  expect(turned.test('<span class="head" dir="auto">\n  {t(key, { name })}</span>')).toBe(true);
  expect(sources.filter(([, text]) => turned.test(text)).map(([path]) => path)).toEqual([]);
});
