// `npm run bench:scale`: what a page reads of a site of 1,000, 10,000, 100,000 and 1,000,000 comments, and what cron does in the
// largest (docs/scale.md). The largest takes some minutes to fill.
//   npm run bench:scale                          prints Markdown
//   npm run bench:scale -- --sizes 1000,10000    fewer sizes
//   npm run bench:scale -- --json FILE           writes the figures too
//   npm run bench:scale -- --svg FILE            draws them
//   npm run bench:scale -- --from FILE …         of figures that were written before, measuring nothing
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { finish, finishOnSignal } from './lib/run.mjs';
import { plot } from './bench/plot.mjs';
import { machine } from './bench/report.mjs';
import { benchScale, SIZES } from './bench/scale.mjs';
import { scaleMarkdown } from './bench/scale-report.mjs';

const { values: asked } = parseArgs({
  options: {
    json: { type: 'string' },
    svg: { type: 'string' },
    from: { type: 'string' },
    sizes: { type: 'string', default: SIZES.join(',') },
  },
});
finishOnSignal(130);
try {
  const figures = asked.from
    ? JSON.parse(readFileSync(asked.from, 'utf8'))
    : { machine: machine(), ...(await benchScale(asked.sizes.split(',').map(Number))) };
  if (asked.json) writeFileSync(asked.json, JSON.stringify(figures, null, 2) + '\n');
  if (asked.svg) writeFileSync(asked.svg, plot(figures));
  console.log(`\n${scaleMarkdown(figures)}`);
} catch (error) {
  console.error(error);
  await finish(1);
}
await finish(0);
