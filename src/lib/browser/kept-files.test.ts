import { expect, it } from 'vitest';
import { read, written } from './kept-files';
import type { Upload } from './upload-queue.svelte';

const upload = (name: string, more: Partial<Upload> = {}): Upload => ({
  ...{ key: 1, name, size: 5, state: 'sending', percent: 0, again: false },
  ...more,
});

it('a draft has every file by name, those that arrived by id, and none that was refused', () => {
  const items = [
    upload('plan.txt', { state: 'done', made: { id: 'a' } }),
    upload('half.bin', { state: 'paused' }),
    upload('cut.bin', { state: 'failed', why: { key: 'file.broken-off' }, again: true }),
    upload('empty.txt', { state: 'failed', why: { key: 'file.empty' } }),
  ];
  expect(read(written(items, [{ name: 'gone.txt', size: 7 }]))).toEqual([
    { name: 'plan.txt', size: 5, id: 'a' },
    { name: 'half.bin', size: 5 },
    { name: 'cut.bin', size: 5 },
    { name: 'gone.txt', size: 7 },
  ]);
});

it('without files there is nothing to keep, and what cannot be read is nothing', () => {
  expect(written([], [])).toBe('');
  for (const text of ['', '{', 'null', '[3]', '{"name":"x"}']) expect(read(text)).toEqual([]);
});
