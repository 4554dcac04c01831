// Reading files that may not be there, and telling whether many of them changed.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

export const read = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '');

/** A hash over names and contents of files and folders of the project. */
export function fingerprint(paths, skip = () => false) {
  const hash = createHash('sha256');
  const add = (path) => {
    const full = join(root, path);
    if (!existsSync(full) || skip(path)) return;
    if (statSync(full).isDirectory())
      readdirSync(full)
        .sort()
        .forEach((name) => add(join(path, name)));
    else hash.update(`${path}\0`).update(readFileSync(full)).update('\0');
  };
  paths.forEach(add);
  return hash.digest('hex');
}
