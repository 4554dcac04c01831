import { expect, it } from 'vitest';
import { withLinks } from './prose';
import { render } from './server/markdown';
import { inView } from './view-links';

const ORIGIN = 'http://localhost:8787';
const HOME = '/spaces/7/as/mia';

it('a typed link into the same space stays in the view, relative or absolute', () => {
  for (const below of [
    '',
    '/',
    '/files',
    '/files/abc?find=x',
    '/people',
    '/people/abc',
    '/threads/12?comment=3#comment-3',
  ])
    for (const base of ['/spaces/7', `${ORIGIN}/spaces/7`])
      expect(inView(base + below, HOME, ORIGIN)).toBe(HOME + below.replace(/^\/$/, ''));
});

it('any other link is left as it was typed', () => {
  for (const href of [
    '/',
    '/spaces/70',
    '/spaces/70/files',
    '/spaces/8/threads/12',
    '/spaces/7/settings/guests',
    '/spaces/7/search?q=x',
    '/spaces/7/new-thread',
    '/spaces/7/as/gil/files',
    '/spaces/7/threads/x',
    '/files/abc',
    '/search?q=/spaces/7/files',
    'https://elsewhere.example/spaces/7/files',
    'http://localhost:8788/spaces/7',
    'mailto:mia@partner.example',
    'http://[',
  ])
    expect(inView(href, HOME, ORIGIN)).toBe(href);
});

it('the links of a rendered text lead there, and nothing else in it changes', () => {
  const text = `See [the plan](/spaces/7/files?find=a&category=pdf), ${ORIGIN}/spaces/7/threads/12, \`/spaces/7\` and [us](https://x.example/?a=1&b=2).`;
  const html = withLinks(render(text), (href) => inView(href, HOME, ORIGIN));
  expect(html).toContain(`href="${HOME}/files?find=a&amp;category=pdf"`);
  expect(html).toContain(`href="${HOME}/threads/12"`);
  expect(html).toContain(`>${ORIGIN}/spaces/7/threads/12</a>`);
  expect(html).toContain('<code>/spaces/7</code>');
  expect(html).toContain('href="https://x.example/?a=1&amp;b=2"');
  expect(withLinks(render(text), (href) => href)).toBe(render(text));
});
