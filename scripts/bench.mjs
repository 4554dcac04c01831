// `npm run bench`: how fast the production build answers, beside two pages that show what this machine can do at best
// (docs/performance.md).
//   npm run bench                     prints Markdown
//   npm run bench -- --json FILE      writes the figures too
//   npm run bench -- --only space     only rows whose name contains this (may be repeated)
//   npm run bench -- --seconds 3      seconds for each page instead of 10
//   npm run bench -- --live           how soon open pages learn of what happens
//   npm run bench:profile -- space    where the CPU goes on one page
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { finish, finishOnSignal } from './lib/run.mjs';
import { bench, benchLive, benchProfile } from './bench/bench.mjs';
import { liveMarkdown, markdown } from './bench/report.mjs';

const { values: asked, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    only: { type: 'string', multiple: true, default: [] },
    seconds: { type: 'string', default: '10' },
    live: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
  },
});
finishOnSignal(130);
try {
  if (asked.profile) {
    const { msPerRequest, self, total } = await benchProfile(positionals[0] ?? 'space');
    console.log(`${msPerRequest.toFixed(1)} ms busy per request\n\nOf its own, in per cent:`);
    for (const [share, name] of self) console.log(share.padStart(6), name);
    console.log('\nWith what it calls:');
    for (const [share, name] of total) console.log(share.padStart(6), name);
  } else {
    const rows = asked.live
      ? await benchLive()
      : await bench({ only: asked.only, seconds: Number(asked.seconds) });
    if (asked.json) writeFileSync(asked.json, JSON.stringify({ rows }, null, 2) + '\n');
    console.log(`\n${asked.live ? liveMarkdown(rows) : markdown(rows)}`);
  }
} catch (error) {
  console.error(error);
  await finish(1);
}
await finish(0);
