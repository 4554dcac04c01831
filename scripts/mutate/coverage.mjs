// What each test reaches, kept between runs while its file is the same and knows every place.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { read } from '../lib/files.mjs';

const PATH = 'node_modules/.cache/foyer/mutants.json';
const fingerprint = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** @param {{ id: string, hash: string }[]} places */
export function readCoverage(places) {
  const kept = JSON.parse(read(PATH) || '{}');
  const hashOf = new Map(places.map(({ id, hash }) => [id, hash]));
  const idOf = new Map(places.map(({ id, hash }) => [hash, id]));
  const of = (file) => {
    const entry = kept[file];
    if (!entry || entry.file !== fingerprint(readFileSync(file))) return null;
    const known = new Set(entry.places.split(' '));
    if (!places.every(({ hash }) => known.has(hash))) return null;
    return new Map(
      Object.entries(entry.tests).map(([test, hashes]) => [
        test,
        new Set(hashes.split(' ').flatMap((hash) => idOf.get(hash) ?? [])),
      ]),
    );
  };
  return {
    of,
    /** @param {Map<string, Map<string, Set<string>> | null>} reach */
    save(reach) {
      const all = places.map(({ hash }) => hash).join(' ');
      for (const [file, tests] of reach)
        if (tests && !of(file))
          kept[file] = {
            file: fingerprint(readFileSync(file)),
            places: all,
            tests: Object.fromEntries(
              [...tests].map(([test, ids]) => [test, [...ids].map((id) => hashOf.get(id)).join(' ')]),
            ),
          };
      mkdirSync(dirname(PATH), { recursive: true });
      writeFileSync(PATH, JSON.stringify(kept));
    },
  };
}
