interface Stretch {
  from: number;
  to: number;
}

/** Replaces ranges by "@…", and keeps the origin of the rest. Ranges are in order, and may overlap. */
export function cutOut(text: string, stretches: Stretch[]) {
  const cuts: Stretch[] = [];
  for (const { from, to } of stretches) {
    const last = cuts.at(-1);
    if (last && from < last.to) last.to = Math.max(last.to, to);
    else cuts.push({ from, to });
  }
  let out = '';
  let last = 0;
  const by: { at: number; less: number; cut: Stretch }[] = [];
  for (const cut of cuts) {
    out += `${text.slice(last, cut.from)}@…`;
    last = cut.to;
    by.push({ at: out.length, less: last - out.length, cut });
  }
  const origin = (from: number, to: number): Stretch => {
    const before = (at: number) => by.findLast((one) => at > one.at - 2);
    const place = (at: number, end: 'from' | 'to') => {
      const one = before(at);
      return one && at < one.at ? one.cut[end] : at + (one?.less ?? 0);
    };
    return { from: place(from, 'from'), to: place(to, 'to') };
  };
  return { text: out + text.slice(last), cuts, origin };
}
