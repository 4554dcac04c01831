import { beforeEach, describe, expect, it } from 'vitest';
import * as drafts from './drafts';
import { DAY } from '../time';

/** As in browsers, except when it is full. */
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
const none = new Set<string>();

describe('a draft', () => {
  it('is kept with all its fields until it is empty or forgotten', () => {
    const typed = { title: 'Piles', body: 'half a sent' };
    expect(drafts.keep('ava', 'thread-7', 'one', typed, 1)).toBe(true);
    expect(drafts.resume('ava', 'thread-7', 'one', none)).toEqual(typed);
    expect(drafts.keep('ava', 'thread-7', 'one', { title: '', body: ' ' }, 2)).toBe(false);
    expect(drafts.resume('ava', 'thread-7', 'one', none)).toBeNull();
    drafts.keep('ava', 'thread-7', 'one', typed, 1);
    drafts.forget('ava', 'thread-7', 'one');
    expect(store.size).toBe(0);
  });

  it('belongs to its form and its tab: what another tab posts takes nothing of it away', () => {
    drafts.keep('ava', 'thread-7', 'one', { body: 'first tab' }, 1);
    drafts.keep('ava', 'thread-7', 'two', { body: 'second tab' }, 2);
    drafts.keep('ava', 'thread-77', 'one', { body: 'another thread' }, 3);
    drafts.forget('ava', 'thread-7', 'two');
    const open = new Set(['one', 'two']);
    expect(drafts.resume('ava', 'thread-7', 'one', open)).toEqual({ body: 'first tab' });
    expect(drafts.resume('ava', 'thread-7', 'two', open)).toBeNull();
    expect(drafts.resume('ava', 'thread-77', 'one', open)).toEqual({ body: 'another thread' });
  });

  it('of a closed tab goes on in the next one, the newest first, and in no third', () => {
    drafts.keep('ava', 'thread-7', 'closed', { body: 'older' }, 1);
    drafts.keep('ava', 'thread-7', 'closed-too', { body: 'newer' }, 2);
    drafts.keep('ava', 'thread-7', 'open', { body: 'still being written' }, 3);
    const open = new Set(['open', 'next', 'third', 'fourth']);
    expect(drafts.resume('ava', 'thread-7', 'next', open)).toEqual({ body: 'newer' });
    expect(drafts.resume('ava', 'thread-7', 'third', open)).toEqual({ body: 'older' });
    expect(drafts.resume('ava', 'thread-7', 'fourth', open)).toBeNull();
    expect(drafts.resume('ava', 'thread-7', 'next', open)).toEqual({ body: 'newer' });
  });

  it('of another state of the thing is not put over what is newer, and is not dropped either', () => {
    drafts.keep('ava', 'edit-7-first', 'one', { body: 'of the old text' }, 1, '100');
    expect(drafts.resume('ava', 'edit-7-first', 'one', none, '200')).toBeNull();
    expect(drafts.resume('ava', 'edit-7-first', 'one', none, '100')).toEqual({ body: 'of the old text' });
  });

  it('is nobody else’s: who signs in next finds none, and none stays', () => {
    drafts.keep('ava', 'thread-7', 'one', { body: 'secret' }, 1);
    expect(drafts.resume('ben', 'thread-7', 'one', none)).toBeNull();
    drafts.keep('ben', 'thread-7', 'one', { body: 'mine' }, 1);
    store.set('theme', 'dark');
    drafts.tidy('ben', DAY);
    expect([...store.keys()].sort()).toEqual(['draft:ben:thread-7:one', 'theme']);
  });

  it('goes after thirty days, and so does what is none', () => {
    drafts.keep('ava', 'old', 'one', { body: 'x' }, 1);
    drafts.keep('ava', 'new', 'one', { body: 'x' }, 20 * DAY);
    store.set('draft:ava:broken:one', '{');
    expect(drafts.resume('ava', 'broken', 'one', none)).toBeNull();
    drafts.tidy('ava', 31 * DAY);
    expect([...store.keys()]).toEqual(['draft:ava:new:one']);
  });

  it('is none where the browser keeps nothing, and nothing breaks', () => {
    (globalThis as { window?: unknown }).window = {
      get localStorage(): never {
        throw new Error('SecurityError');
      },
    };
    expect(drafts.keep('ava', 'a', 'one', { body: 'x' }, 1)).toBe(false);
    expect(drafts.resume('ava', 'a', 'one', none)).toBeNull();
    drafts.tidy('ava', 1);
    drafts.forget('ava', 'a', 'one');
  });
});

describe('a field with its draft', () => {
  const empty = { now: '', base: '', quoting: false, lines: true };

  it('shows the draft in place of what the server wrote', () => {
    expect(drafts.resumed('half a sent', empty)).toBe('half a sent');
    expect(drafts.resumed('new title', { ...empty, now: 'Old', base: 'Old', lines: false })).toBe(
      'new title',
    );
  });

  it('keeps what was typed meanwhile, and a quote, below the draft', () => {
    expect(drafts.resumed('draft ', { ...empty, now: 'typed' })).toBe('draft\n\ntyped');
    expect(drafts.resumed('draft', { ...empty, now: '> said', base: '> said', quoting: true })).toBe(
      'draft\n\n> said',
    );
    expect(drafts.resumed('draft', { ...empty, now: 'typed', lines: false })).toBeNull();
  });

  it('never holds the same words twice', () => {
    expect(drafts.resumed('draft', { ...empty, now: 'my draft, going on' })).toBeNull();
    expect(drafts.resumed('draft\n\n> said', { ...empty, now: '> said', quoting: true })).toBe(
      'draft\n\n> said',
    );
  });
});
