/**
 * Playwright, but each test closes the browser contexts that it opened, and each file those of the one before: dozens of open pages
 * that go on asking for news made the second half of the suite three times as slow as the first. And no page lacks a word that the
 * build gave to others (vite/words.ts).
 */
import { expect, test as base, type BrowserContext } from '@playwright/test';

export * from '@playwright/test';

const close = (contexts: Iterable<BrowserContext>) =>
  Promise.all([...contexts].map((context) => context.close()));

let file = '';
/** What a file opened for all its tests. */
let ofFile: BrowserContext[] = [];

export const test = base.extend<{ closing: void }>({
  closing: [
    async ({ browser }, use, about) => {
      if (about.file !== file) await close(ofFile);
      file = about.file;
      const before = new Set(browser.contexts());
      const missing: string[] = [];
      const watch = (context: BrowserContext) =>
        context.on('weberror', (one) => {
          if (one.error().message.startsWith('No words for')) missing.push(one.error().message);
        });
      browser.on('context', watch);
      await use();
      browser.off('context', watch);
      expect(missing).toEqual([]);
      await close(browser.contexts().filter((context) => !before.has(context)));
      ofFile = browser.contexts();
    },
    { auto: true },
  ],
});
