// `npm run mutate`: removes each guard, condition, refusal and line of the policy in turn; some test must fail
// (docs/decisions/020-mutation.md).
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { root, toolEnv } from './lib/run.mjs';
import { readCoverage } from './mutate/coverage.mjs';
import { closeness } from './mutate/imports.mjs';
import { findPlaces } from './mutate/places.mjs';

const USAGE = `npm run mutate                              every place
npm run mutate -- --file src/lib/server/spaces.ts   those in files whose path begins so (may be repeated)
npm run mutate -- --test tests/policy.test.ts       with the tests in those files only
npm run mutate -- --sample 20 --seed 7              as many, chosen by the seed (without one: by the commit)
npm run mutate -- --list                            says which there are, runs nothing
npm run mutate -- --seconds 15                      after that, looks no further for a test of a place that is new
npm run mutate -- --save                            remembers in tests/mutants.json which test noticed what`;

const { values: asked } = parseArgs({
  options: {
    file: { type: 'string', multiple: true, default: [] },
    test: { type: 'string', multiple: true, default: [] },
    sample: { type: 'string' },
    seed: { type: 'string' },
    seconds: { type: 'string' },
    list: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (asked.help) {
  console.log(USAGE);
  process.exit(0);
}

/** Tests of one file that try a place: if they import it, and otherwise. */
const PATIENCE = { near: 50, far: 8 };
/** SQLite's words for SQL that our own cut broke: not a mutant. */
const BROKEN_SQL = /syntax error|incomplete input|no such column|ambiguous column name|misuse of aggregate/;

process.chdir(root);
Object.assign(process.env, toolEnv());
const began = performance.now();
const write = process.stdout.write.bind(process.stdout);
const say = (line) => write(`${line}\n`);
/** Waits until everything is written, which takes a while into a pipe. */
const end = (code) => new Promise(() => write('\n', () => process.exit(code)));
const seconds = () => Math.round((performance.now() - began) / 1000);

const sources = globSync('src/lib/**/*.ts').filter((path) => !/\.(test|d)\.ts$/.test(path));
const found = new Map(sources.sort().map((file) => [file, findPlaces(file, readFileSync(file, 'utf8'))]));
const all = [...found].flatMap(([file, { places }]) =>
  places.map((place, i) => ({ ...place, id: `${file}#${i}`, file, hash: hashOf(place.name) })),
);
const recordPath = 'tests/mutants.json';
const record = JSON.parse(readFileSync(recordPath, 'utf8'));
const rememberedIn = new Map(
  Object.entries(record.noticedBy).flatMap(([test, hashes]) =>
    hashes.split(' ').map((hash) => [hash, test.split(' › ')]),
  ),
);

const begins = (file, paths) => !paths.length || paths.some((path) => file.startsWith(path));
let chosen = all.filter(({ file }) => begins(file, asked.file));
if (asked.sample) {
  const seed = asked.seed ?? commit();
  say(`${asked.sample} of ${chosen.length} places, chosen by --seed ${seed}\n`);
  chosen = chosen
    .map((place) => ({ place, by: hashOf(`${seed} ${place.name}`) }))
    .sort((a, b) => (a.by < b.by ? -1 : 1))
    .slice(0, Number(asked.sample))
    .map(({ place }) => place);
}
if (asked.list) {
  for (const { name, line } of chosen) say(name.replace(' › ', `:${line} › `));
  say(`\n${chosen.length} places`);
  await end(0);
}

const { createVitest } = await import('vitest/node');
// workerd complains about much that a mutant does; the report says what matters.
process.stdout.write = process.stderr.write = () => true;
let heard;
const vitest = await createVitest(
  {
    watch: false,
    maxWorkers: 1,
    // Places that matter while modules load need them loaded again.
    isolate: true,
    testTimeout: 20_000,
    runner: join(root, 'scripts/mutate/runner.mjs'),
    silent: true,
    reporters: [{ onTestCaseResult: (test) => heard(test), onTestModuleEnd: (file) => heard(file) }],
  },
  {
    plugins: [
      {
        name: 'mutants',
        enforce: 'pre',
        transform: (_, id) => {
          const file = found.get(relative(root, id));
          return file?.places.length ? { code: file.code, map: null } : undefined;
        },
      },
    ],
  },
);
await vitest.standalone();
const [project] = vitest.projects;
const tests = (await vitest.globTestSpecifications())
  .map(({ moduleId }) => relative(root, moduleId))
  .filter((file) => begins(file, asked.test));
const distance = closeness(tests);
const coverage = readCoverage(all);

/** By place; null until a test has noticed the change. */
const outcome = new Map(chosen.map(({ id }) => [id, null]));
const broken = new Set();
/** By file and test; '' is what was reached while loading or in hooks. */
const reach = new Map(tests.map((file) => [file, coverage.of(file)]));
/** Reached by some test, but not tried for want of patience. */
const tired = new Set();
/** Files that fail without mutants prove nothing. */
const failing = new Set();
const remarks = new Set();

const isOpen = ({ id }) => outcome.get(id) === null && !broken.has(id);
const notice = (id, by, words) => {
  if (BROKEN_SQL.test(words)) broken.add(id);
  else outcome.set(id, { by, words: words.replace(/\s+/g, ' ').slice(0, 200) });
};

const remembered = new Set(chosen.filter(({ hash }) => rememberedIn.has(hash)).map(({ id }) => id));
const isRemembered = (id) => remembered.has(id);

/** With the tests of one file that reach them, or all if that is not known yet. */
async function tryIn(file, places, patience, names = testsThatReach(file, places)) {
  const open = places.filter(isOpen);
  if (!open.length || names?.length === 0) return;
  const at = performance.now();
  const learnt = new Map([['', new Set()]]);
  let failed = false;
  let cut = false;
  let ran = 0;
  heard = (test) => {
    if (test.type === 'module') {
      for (const error of test.errors()) remarks.add(`${file}: ${error.message}`);
      return;
    }
    const { state, errors } = test.result();
    if (state !== 'skipped') ran++;
    const name = test.fullName;
    const said = test.meta().mutants;
    if (state === 'failed') {
      failed = true;
      if (names) return;
      failing.add(file);
      remarks.add(`${file} › ${name}: fails as it is: ${errors?.[0]?.message}`);
    }
    if (said?.cut) cut = true;
    if (!said || said.cut) return;
    for (const id of said.outside) learnt.get('').add(id);
    for (const id of said.tired) tired.add(id);
    if (said.repeats !== true) {
      for (const id of said.reached) learnt.get('').add(id);
      remarks.add(`${file} › ${name}: cannot be repeated: ${String(said.repeats).slice(0, 300)}`);
      return;
    }
    learnt.set(name, new Set(said.reached));
    for (const [id, words] of Object.entries(said.killed)) notice(id, [file, name], words);
  };
  await run(file, { chosen: open.map(({ id }) => id), active: null, patience }, names);
  if (!ran) {
    failing.add(file);
    remarks.add(`${file}: no test ran`);
  } else if (!names && !cut) reach.set(file, learnt);
  const took = Math.round((performance.now() - at) / 1000);
  say(`${file}: noticed ${open.length - open.filter(isOpen).length} of ${open.length} in ${took} s`);
  keep();
  // A test that depends on earlier ones says nothing without them.
  if (failed && names) await tryIn(file, open, patience, null);
}

/** Null: not known yet. */
function testsThatReach(file, places) {
  const open = places.filter(isOpen);
  const known = reach.get(file);
  if (!known) return null;
  return [...known].filter(([name, ids]) => name && open.some(({ id }) => ids.has(id))).map(([name]) => name);
}

/** While loading, in a hook, or in a test that cannot be repeated: not tried by itself yet. */
function isReachedOnlyAround(file, { id }) {
  const known = reach.get(file);
  return !!known?.get('').has(id) && ![...known].some(([name, ids]) => name && ids.has(id));
}

/** With the whole file, changed before anything is loaded. */
async function tryFromStart(file, { id }) {
  let failure = null;
  heard = (test) => {
    const errors = test.type === 'test' ? test.result().errors : test.errors();
    if (errors?.length) failure ??= [test.fullName ?? '', errors.map(({ message }) => message).join(' | ')];
  };
  await run(file, { chosen: [], active: id, patience: 0 });
  if (failure) notice(id, [file, failure[0]], failure[1]);
  say(`${file}, changed from the start: ${failure ? 'noticed' : 'not noticed'} ${id}`);
}

async function run(file, provided, testNames) {
  const limited = asked.seconds && !testNames && provided.chosen.every((id) => !isRemembered(id));
  const left = limited ? Math.max(1, Number(asked.seconds) - seconds()) : 3_600;
  vitest.provide('mutants', { ...provided, seconds: left });
  vitest.config.bail = provided.active === null ? 0 : 1;
  await vitest.runTestSpecifications([project.createSpecification(join(root, file), { testNames })], false);
}

// First the tests that noticed it last time …
const toldBy = Map.groupBy(
  chosen.filter(({ id }) => isRemembered(id)),
  ({ hash }) => rememberedIn.get(hash)[0],
);
for (const [file, places] of toldBy)
  if (tests.includes(file)) {
    const names = places.map(({ hash }) => rememberedIn.get(hash)[1]);
    await tryIn(file, places, PATIENCE.near, [...new Set(names)]);
  }

// … then, file by file, those that import the place, and those that import what imports it.
const late = () => asked.seconds && seconds() > Number(asked.seconds);
const patient = ({ id }) => !late() || isRemembered(id);
const groups = asked.seconds
  ? [chosen.filter(({ id }) => !isRemembered(id)), chosen.filter(({ id }) => isRemembered(id))]
  : [chosen];
for (const group of groups)
  for (const patience of [PATIENCE.near, PATIENCE.far])
    for (const test of tests) {
      const steps = (place) => distance.get(test).get(place.file);
      const places = group.filter(
        (place) =>
          patient(place) && steps(place) > 0 && (steps(place) === 1) === (patience === PATIENCE.near),
      );
      await tryIn(test, places, patience);
    }

// What is only reached while loading has to be changed from the start.
for (const place of chosen)
  for (const test of tests)
    if (isOpen(place) && patient(place) && !failing.has(test) && isReachedOnlyAround(test, place))
      await tryFromStart(test, place);
await vitest.close();
keep();

const undecided = new Set(
  asked.seconds && late() ? chosen.filter((place) => isOpen(place) && !patient(place)) : [],
);
const survivors = chosen.filter((place) => isOpen(place) && !undecided.has(place));
const unexplained = survivors.filter(({ name }) => !record.reasons[name]);
const rows = [...Map.groupBy(chosen, ({ file }) => file)].map(([file, places]) => summary(file, places));
const lines = [
  '| file | places | noticed | survived | with a reason | no mutant | score |',
  '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
  ...[...rows, summary('**all**', chosen)].map((row) => `| ${Object.values(row).join(' | ')} |`),
];
say(`\n${lines.join('\n')}\n`);
for (const remark of remarks) say(`note: ${remark}`);
for (const { name, line, id } of unexplained) {
  const more = !isReached(id)
    ? '   (no test reaches it)'
    : tired.has(id)
      ? '   (not tried by all tests)'
      : '';
  say(`SURVIVED  ${name.replace(' › ', `:${line} › `)}${more}`);
}
for (const { name } of undecided) say(`undecided ${name}   (no test remembered, and the time was over)`);
if (!asked.sample && !asked.file.length)
  for (const name of Object.keys(record.reasons))
    if (!all.some((place) => place.name === name)) say(`reason of a place that is gone: ${name}`);
const noticed = chosen.filter(({ id }) => outcome.get(id)).length;
say(
  `${noticed} of ${chosen.length} noticed, ${unexplained.length} without a test or a reason, in ${seconds()} s`,
);

mkdirSync('test-results', { recursive: true });
writeFileSync('test-results/mutants.md', `${lines.join('\n')}\n`);
writeFileSync(
  'test-results/mutants.json',
  JSON.stringify(
    chosen.map(({ id, name, line }) => ({
      name,
      line,
      state: stateOf(id),
      by: outcome.get(id)?.by.join(' › '),
      words: outcome.get(id)?.words,
    })),
    null,
    1,
  ),
);
if (asked.save) save(true);
await end(unexplained.length ? 1 : 0);

function stateOf(id) {
  if (broken.has(id)) return 'no mutant';
  if (outcome.get(id)) return 'noticed';
  if ([...undecided].some((place) => place.id === id)) return 'undecided';
  return isReached(id) ? 'survived' : 'not reached';
}

function isReached(id) {
  return [...reach.values()].some((known) => known && [...known.values()].some((ids) => ids.has(id)));
}

function summary(file, places) {
  const of = (state) => places.filter(({ id }) => stateOf(id) === state).length;
  const survived = of('survived') + of('not reached');
  const reasons = places.filter(
    ({ id, name }) => /survived|not reached/.test(stateOf(id)) && record.reasons[name],
  );
  const counted = of('noticed') + survived;
  const score = counted ? `${((100 * of('noticed')) / counted).toFixed(1)} %` : '';
  return [file, places.length, of('noticed'), survived, reasons.length, of('no mutant'), score];
}

/** After each file, so that an interrupted run can go on. */
function keep() {
  coverage.save(reach);
  if (asked.save) save(false);
}

/** Lets a sample start with the test that noticed a place last time, which takes seconds. Forgets places that are gone. */
function save(isComplete) {
  const now = new Map(
    all.flatMap(({ hash }) => (rememberedIn.has(hash) ? [[hash, rememberedIn.get(hash)]] : [])),
  );
  for (const { id, hash } of chosen) {
    if (isComplete) now.delete(hash);
    if (outcome.get(id)) now.set(hash, outcome.get(id).by);
  }
  const byTest = Map.groupBy([...now], ([, test]) => test.join(' › '));
  const noticedBy = [...byTest].map(([test, list]) => [
    test,
    list
      .map(([hash]) => hash)
      .sort()
      .join(' '),
  ]);
  // Somebody may have written a reason meanwhile.
  const { reasons } = JSON.parse(readFileSync(recordPath, 'utf8'));
  const next = {
    reasons,
    noticedBy: Object.fromEntries(noticedBy.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  writeFileSync(recordPath, `${JSON.stringify(next, null, 2)}\n`);
}

/** By function and words: a place may move to another file or line. */
function hashOf(name) {
  return createHash('sha256')
    .update(name.slice(name.indexOf(' › ')))
    .digest('hex')
    .slice(0, 8);
}

function commit() {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'none';
  }
}
