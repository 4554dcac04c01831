import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail, root } from './run.mjs';

export const read = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '');

/** Readable by its owner only. Ends with a message if it cannot be written. */
export async function makeFolder(path) {
  try {
    const missing = [];
    for (let up = path; !existsSync(up); up = dirname(up)) missing.push(up);
    // One by one: `recursive` never ends where the system refuses with ENOENT, as in /proc (Node 26).
    for (const each of missing.reverse()) mkdirSync(each, { mode: 0o700 });
    if (!statSync(path).isDirectory()) throw Object.assign(new Error(), { code: 'EEXIST' });
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    const why = {
      EACCES: 'you have no permission to write there',
      EPERM: 'you have no permission to write there',
      EROFS: 'the file system is read-only',
      ENOENT: 'the folder can’t be created there',
      EEXIST: 'a file of that name is in the way',
      ENOTDIR: 'a part of the path is a file, not a folder',
      ENOSPC: 'the disk is full',
    }[error.code];
    await fail(
      `Foyer can’t write to ${path}: ${why ?? error.message}.\n` +
        'Choose a folder you can write to: FOYER_STATE=/tmp/foyer npm start',
    );
  }
}

/** Over names and contents. */
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
