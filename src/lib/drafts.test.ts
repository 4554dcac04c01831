import { beforeEach, expect, it } from 'vitest';
import * as drafts from './drafts';

/** As browsers have it, but for what they do when it is full. */
const store = new Map<string, string>();
const storage = new Proxy(
  {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => void store.set(key, value),
    removeItem: (key: string) => void store.delete(key),
  },
  {
    ownKeys: () => [...store.keys()],
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
  },
);
beforeEach(() => {
  store.clear();
  (globalThis as { window?: unknown }).window = { localStorage: storage };
});
const DAY = 86_400_000;

it('a draft is kept until it is empty or forgotten', () => {
  expect(drafts.keep('ava', 'thread-7', 'half a sent', 1)).toBe(true);
  expect(drafts.read('ava', 'thread-7')).toBe('half a sent');
  expect(drafts.keep('ava', 'thread-7', '  ', 2)).toBe(false);
  expect(drafts.read('ava', 'thread-7')).toBeNull();
  drafts.keep('ava', 'thread-7', 'x', 1);
  drafts.forget('ava', 'thread-7');
  expect(store.size).toBe(0);
});

it('is nobody else’s: who signs in next finds none, and none stays', () => {
  drafts.keep('ava', 'thread-7', 'secret', 1);
  expect(drafts.read('ben', 'thread-7')).toBeNull();
  drafts.keep('ben', 'thread-7', 'mine', 1);
  store.set('theme', 'dark');
  drafts.tidy('ben', DAY);
  expect([...store.keys()].sort()).toEqual(['draft:ben:thread-7', 'theme']);
});

it('goes after thirty days, and so does what is none', () => {
  drafts.keep('ava', 'old', 'x', 1);
  drafts.keep('ava', 'new', 'x', 20 * DAY);
  store.set('draft:ava:broken', '{');
  drafts.tidy('ava', 31 * DAY);
  expect([...store.keys()]).toEqual(['draft:ava:new']);
  store.set('draft:ava:broken', '{');
  expect(drafts.read('ava', 'broken')).toBeNull();
});

it('where the browser keeps nothing there are none, and nothing breaks', () => {
  (globalThis as { window?: unknown }).window = {
    get localStorage(): never {
      throw new Error('SecurityError');
    },
  };
  expect(drafts.keep('ava', 'a', 'x', 1)).toBe(false);
  expect(drafts.read('ava', 'a')).toBeNull();
  drafts.tidy('ava', 1);
  drafts.forget('ava', 'a');
});
