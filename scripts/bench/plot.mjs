// The figures of `npm run bench:scale` as a picture: rows read and time of each page, by the size of the site.
const [WIDTH, HEIGHT] = [880, 470];
const TOP = 56;
const BOTTOM = HEIGHT - 48;
const GAP = 14;
/** Readable on both grounds, and told apart without colour by their labels. */
const COLOURS = ['#1d8a5f', '#b8720a', '#4a7fd6', '#c2507a', '#8a6fd1', '#6f7d1e', '#1f8fa3', '#8c8c8c'];
const SHOWN = [
  'home',
  'space',
  'thread',
  'Guests tab',
  'People',
  'Guest Management',
  'search',
  'notifications',
];

const STYLE = `
  .ground { fill: #fff; }
  text { font: 13px system-ui, sans-serif; fill: #333; }
  .title { font-weight: 600; }
  .grid { stroke: #8886; stroke-width: 1; }
  .line { fill: none; stroke-width: 2.5; }
  @media (prefers-color-scheme: dark) { .ground { fill: #15191c; } text { fill: #ddd; } }`;

export function plot({ machine, sizes }) {
  const pages = SHOWN.filter((name) => sizes[0].pages.some((page) => page.name === name));
  const of = (value) =>
    pages.map((name) => sizes.map(({ pages }) => value(pages.find((page) => page.name === name))));
  const label = `Rows read and time of ${pages.length} pages, for sites of ${sizes.map(({ comments }) => comments).join(', ')} comments`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
<style>${STYLE}
</style>
<rect class="ground" width="${WIDTH}" height="${HEIGHT}" rx="8"/>
${panel(
  'Rows read',
  60,
  of(({ rowsRead }) => rowsRead),
)}
${panel(
  'ms (p50)',
  500,
  of(({ p50 }) => p50),
)}
<text x="${WIDTH / 2}" y="${HEIGHT - 6}" text-anchor="middle">comments · ${machine}</text>
</svg>
`.replace(/\n+/g, '\n');

  /** Both axes are logarithmic: a page that is flat is level. */
  function panel(title, left, lines) {
    const right = left + 215;
    const [least, most] = [
      10 ** Math.floor(Math.log10(Math.min(...lines.flat()))),
      10 ** Math.ceil(Math.log10(Math.max(...lines.flat()))),
    ];
    const share = (value, from, to) =>
      (Math.log10(value) - Math.log10(from)) / (Math.log10(to) - Math.log10(from));
    const x = (comments) => left + share(comments, sizes[0].comments, sizes.at(-1).comments) * (right - left);
    const y = (value) => BOTTOM - share(value, least, most) * (BOTTOM - TOP);
    const parts = [`<text class="title" x="${left}" y="${TOP - 24}">${title}</text>`];
    for (let value = least; value <= most; value *= 10)
      parts.push(
        `<line class="grid" x1="${left}" x2="${right}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}"/>`,
        `<text x="${left - 8}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${short(value)}</text>`,
      );
    for (const { comments } of sizes)
      parts.push(
        `<text x="${x(comments).toFixed(1)}" y="${BOTTOM + 20}" text-anchor="middle">${short(comments)}</text>`,
      );
    const ends = apart(lines.map((values) => y(values.at(-1))));
    for (const [i, values] of lines.entries()) {
      const points = values.map((value, at) => `${x(sizes[at].comments).toFixed(1)},${y(value).toFixed(1)}`);
      parts.push(
        `<polyline class="line" stroke="${COLOURS[i]}" points="${points.join(' ')}"/>`,
        ...points.map((point) => {
          const [cx, cy] = point.split(',');
          return `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${COLOURS[i]}"/>`;
        }),
        `<line stroke="${COLOURS[i]}" x1="${right + 6}" x2="${right + 22}" y1="${y(values.at(-1)).toFixed(1)}" y2="${ends[i].toFixed(1)}"/>`,
        `<text x="${right + 26}" y="${(ends[i] + 4).toFixed(1)}">${pages[i]}</text>`,
      );
    }
    return parts.join('\n');
  }
}

/** Labels that would cover each other move down, in their order; all move up again if the last is below the panel. */
function apart(places) {
  const order = places.map((_, i) => i).sort((a, b) => places[a] - places[b]);
  const moved = [...places];
  for (const [at, i] of order.entries())
    if (at > 0) moved[i] = Math.max(moved[i], moved[order[at - 1]] + GAP);
  for (const [at, i] of [...order].reverse().entries())
    moved[i] = Math.min(moved[i], at === 0 ? BOTTOM : moved[order[order.length - at]] - GAP);
  return moved;
}

const short = (value) =>
  value >= 1e6 ? `${value / 1e6}M` : value >= 1000 ? `${value / 1000}k` : String(value);
