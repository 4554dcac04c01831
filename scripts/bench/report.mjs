// The figures as Markdown.
import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { root } from '../lib/run.mjs';

const number = (value, digits = 0) =>
  value === undefined || Number.isNaN(value) ? '–' : value.toFixed(digits);
const kB = (bytes) => (bytes === undefined ? '–' : `${(bytes / 1000).toFixed(1)}`);

function commit() {
  try {
    return execFileSync('git', ['log', '-1', '--format=%h'], { cwd: root, encoding: 'utf8' }).trim();
  } catch {
    return 'no commit';
  }
}

/** @param {object[]} rows as `bench` returns them */
export function markdown(rows) {
  const floor = rows.find(({ name }) => name === 'floor');
  const columns = [
    ['', (row) => row.name],
    ['requests/s', (row) => number(row.rps)],
    ['of the floor', (row) => (floor && row.rps ? number(row.rps / floor.rps, 2) : '–')],
    ['p50 ms', (row) => number(row.p50, 1)],
    ['p99 ms', (row) => number(row.p99, 1)],
    ['CPU ms', (row) => number(row.cpu, 1)],
    ['queries', (row) => number(row.queries)],
    ['round trips', (row) => number(row.roundTrips)],
    ['ms at 120 ms a trip', (row) => number(row.farMs)],
    ['rows read', (row) => number(row.rowsRead)],
    ['rows written', (row) => number(row.rowsWritten)],
    ['HTML kB', (row) => kB(row.htmlBytes)],
    ['HTML gzip kB', (row) => kB(row.htmlGzipBytes)],
    ['script gzip kB', (row) => kB(row.scriptBytes)],
    ['script files', (row) => number(row.scripts)],
    ['style gzip kB', (row) => kB(row.styleBytes)],
  ];
  return table(columns, rows);
}

/** @param {object[]} rows as `benchLive` returns them */
export const liveMarkdown = (rows) =>
  table(
    [
      ['', (row) => row.name],
      ['times', (row) => number(row.count)],
      ['p50 ms', (row) => number(row.p50)],
      ['p95 ms', (row) => number(row.p95)],
      ['p99 ms', (row) => number(row.p99)],
      ['most ms', (row) => number(row.most)],
    ],
    rows,
  );

function table(columns, rows) {
  return [machine(), '', grid(columns, rows)].join('\n');
}

/** When, which commit and where: figures without these say nothing. */
export function machine() {
  const processor = cpus();
  return (
    `${new Date().toISOString().slice(0, 10)}, commit ${commit()}, ${processor.length} × ${processor[0]?.model.trim()}, ` +
    `${Math.round(totalmem() / 1024 ** 3)} GB, Node ${process.versions.node}.`
  );
}

/** @param columns their titles, and how to write the cell of a row */
export function grid(columns, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(([title]) => title)),
    line(columns.map((_, i) => (i === 0 ? '---' : '---:'))),
    ...rows.map((row) => line(columns.map(([, cell]) => cell(row)))),
  ].join('\n');
}
