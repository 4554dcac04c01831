/** In the browser: the files of a form as its draft keeps them, by name; those that have arrived also by id. */
import type { Upload } from './upload-queue.svelte';

export interface KeptFile {
  name: string;
  size: number;
  /** Of an upload that nothing uses yet. The server has it for a day. */
  id?: string;
}

/** @param gone from an earlier draft, and not chosen again. @returns '' if there are none */
export function written(items: readonly Upload[], gone: readonly KeptFile[]): string {
  const chosen = items
    // What was refused does not get better.
    .filter(({ why, again }) => !why || again)
    .map(({ name, size, made }): KeptFile => ({ name, size, id: made?.id }));
  const all = [...chosen, ...gone];
  return all.length > 0 ? JSON.stringify(all) : '';
}

export function read(text: string): KeptFile[] {
  try {
    return (JSON.parse(text) as KeptFile[]).filter(({ name }) => typeof name === 'string');
  } catch {
    return [];
  }
}
