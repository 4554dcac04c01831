/** Every route of the site as a path, with what tests/world.ts has made for its parameters. */
const NAMES: Record<string, string> = {
  '[id=id]': ':space',
  '[thread=id]': ':thread',
  '[file]': ':file',
  '[person]': ':person',
  '[token]': ':token',
  '[mail]': 'nothing',
  '[template]': 'shipped:event',
  '[locale]': 'en',
  '[name]': 'code',
};

/** The path of a file in src/routes. */
export const routePath = (file: string): string =>
  file
    .replace('../src/routes', '')
    .replace(/\/\+[^/+]*$/, '')
    .replace(/\/\([a-z]+\)/g, '')
    .replace(/\[[^[\]]+\]/g, (name) => NAMES[name] ?? 'x') || '/';

export const routePaths: string[] = [
  ...new Set(
    Object.keys(import.meta.glob('../src/routes/**/+{page,server,page.server}.{ts,svelte}')).map(routePath),
  ),
];
