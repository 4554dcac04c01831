// Times on pages. Reads the sources as text.
import { expect, it } from 'vitest';

const pages = import.meta.glob('/src/**/*.svelte', {
  query: '?raw',
  import: 'default',
  eager: true,
}) as Record<string, string>;
const shown = Object.entries(pages).flatMap(([path, text]) =>
  [...text.matchAll(/<Time\b[^>]*>/g)].map(([tag]) => `${path}: ${tag}`),
);

it('only the component for times writes one, so none is in another zone or form', () => {
  const own = Object.keys(pages).filter((path) =>
    /<time\b|absoluteTime|DateTimeFormat|toLocale(Date|Time)?String/.test(pages[path]!),
  );
  // A plot names days, which have no zone.
  expect(own.sort()).toEqual(['/src/lib/components/Plot.svelte', '/src/lib/components/Time.svelte']);
});

it('a time at which something ends names its zone', () => {
  const ends = shown.filter((tag) => /expire|gone|due|until/i.test(tag.slice(tag.indexOf('<Time'))));
  expect(ends.length).toBeGreaterThan(3);
  expect(ends.filter((tag) => !/ zone\b/.test(tag))).toEqual([]);
});
