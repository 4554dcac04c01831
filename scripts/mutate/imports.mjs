// Which sources a test reaches, over how many imports. What an index.ts re-exports is as near as itself.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import ts from 'typescript';

const importsOf = new Map();

/** @returns {Map<string, Map<string, number>>} test → source → how many imports lie between them */
export const closeness = (tests) => new Map(tests.map((test) => [test, distancesFrom(test)]));

function distancesFrom(test) {
  const distances = new Map([[test, 0]]);
  for (const [file, steps] of distances)
    for (const next of imports(file)) if (!distances.has(next)) distances.set(next, steps + 1);
  return distances;
}

function imports(file) {
  if (!importsOf.has(file)) {
    const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true);
    const paths = importedFiles.map(({ fileName }) => resolved(file, fileName)).filter(Boolean);
    importsOf.set(file, paths);
    importsOf.set(file, [...new Set(paths.flatMap((path) => [path, ...passedOn(path)]))]);
  }
  return importsOf.get(file);
}

const passedOn = (path) =>
  basename(path) === 'index.ts' ? imports(path).filter((other) => dirname(other) === dirname(path)) : [];

function resolved(from, name) {
  const path = name.startsWith('$lib') ? name.replace('$lib', 'src/lib') : join(dirname(from), name);
  if (!name.startsWith('.') && !name.startsWith('$lib')) return undefined;
  return [path, `${path}.ts`, join(path, 'index.ts')].find(
    (one) => /\.[mc]?[jt]s$/.test(one) && existsSync(one),
  );
}
