// The figures of `npm run bench:scale` as Markdown.
import { grid } from './report.mjs';

const number = (value, digits = 0) =>
  value === undefined || value === null
    ? '–'
    : value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });

/** At most a tenth more rows than in the smallest site, or ten where there are few. */
const isFlat = ([first, ...rows]) => rows.every((one) => one <= Math.max(first * 1.1, first + 10));

export function scaleMarkdown({ machine, sizes, acts, cron }) {
  const last = sizes.at(-1);
  const each = last.pages.map(({ name }) => ({
    name,
    of: sizes.map(({ pages }) => pages.find((page) => page.name === name)),
  }));
  const ofSizes = (value) => sizes.map(({ comments }, i) => [number(comments), ({ of }) => value(of[i])]);
  const statements = [
    ['queries', (row) => number(row.queries)],
    ['rows read', (row) => number(row.rowsRead)],
    ['rows written', (row) => number(row.rowsWritten)],
  ];
  return [
    machine,
    'Sites:',
    grid(
      [
        ['comments', (row) => number(row.comments)],
        ['in one thread', (row) => number(row.commentsInFirst)],
        ['spaces', (row) => number(row.spaces)],
        ['guests', (row) => number(row.guests)],
        ['in one space', (row) => number(row.guestsInFirst)],
        ['open invitations', (row) => number(row.invitations)],
        ['in one space', (row) => number(row.invitationsInFirst)],
        ['MB', (row) => number(row.bytes / 1e6)],
        ['seconds to fill', (row) => number(row.seconds)],
      ],
      sizes,
    ),
    'Rows read, by comments:',
    grid(
      [
        ['', ({ name }) => name],
        ...ofSizes(({ rowsRead }) => number(rowsRead)),
        ['flat', ({ of }) => (isFlat(of.map(({ rowsRead }) => rowsRead)) ? 'yes' : '**no**')],
        ['written', ({ of }) => number(of.at(-1).rowsWritten)],
        ['queries', ({ of }) => number(of.at(-1).queries)],
        ['round trips', ({ of }) => number(of.at(-1).roundTrips)],
      ],
      each,
    ),
    'p50 in ms, one visitor:',
    grid([['', ({ name }) => name], ...ofSizes(({ p50 }) => number(p50, 1))], each),
    `Acts, with ${number(last.comments)} comments:`,
    grid([['', (row) => row.name], ...statements], acts),
    `Cron, with ${number(last.comments)} comments, at most in one run:`,
    grid(
      [
        ['', (row) => row.name],
        ['runs', (row) => number(row.runs)],
        ...statements,
        ['rows of one statement', (row) => number(row.heaviest.rows)],
        ['ms', (row) => number(row.ms)],
      ],
      cron,
    ),
  ].join('\n\n');
}
