// Where the CPU goes while a page is asked for: functions by their own time, from V8's sampling profiler in the runtime.

/** @returns what is measured while `work` runs */
export async function profile(inspectorPort, work) {
  const list = await fetch(`http://127.0.0.1:${inspectorPort}/json`).then((answer) => answer.json());
  const socket = new WebSocket(list[0].webSocketDebuggerUrl);
  await new Promise((done, failed) => {
    socket.addEventListener('open', done, { once: true });
    socket.addEventListener('error', failed, { once: true });
  });
  let last = 0;
  const waiting = new Map();
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = JSON.parse(data);
    if (id) waiting.get(id)?.(error ? Promise.reject(new Error(error.message)) : result);
  });
  const ask = (method, params = {}) =>
    new Promise((done) => {
      waiting.set(++last, done);
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  await ask('Profiler.enable');
  await ask('Profiler.setSamplingInterval', { interval: 200 });
  await ask('Profiler.start');
  await work();
  const { profile: found } = await ask('Profiler.stop');
  socket.close();
  return found;
}

/** The functions with the most time of their own, and what each of these calls took in all, in per cent of what was busy. */
export function heaviest({ nodes, samples, timeDeltas }, most = 40) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const own = new Map();
  samples.forEach((id, i) => own.set(id, (own.get(id) ?? 0) + timeDeltas[i]));
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id])));
  const nameOf = ({ callFrame: { functionName, url, lineNumber } }) =>
    `${functionName || '(anonymous)'}${url ? ` ${url.split('/').at(-1)}:${lineNumber + 1}` : ''}`;
  const idle = (node) => /^\((idle|program|root)\)$/.test(node.callFrame.functionName);
  const selfs = new Map();
  const totals = new Map();
  let busy = 0;
  for (const [id, time] of own) {
    const node = byId.get(id);
    if (idle(node)) continue;
    busy += time;
    selfs.set(nameOf(node), (selfs.get(nameOf(node)) ?? 0) + time);
    const seen = new Set();
    for (let at = id; at !== undefined; at = parents.get(at)) {
      const name = nameOf(byId.get(at));
      if (!seen.has(name)) totals.set(name, (totals.get(name) ?? 0) + time);
      seen.add(name);
    }
  }
  const share = (time) => ((time / busy) * 100).toFixed(1);
  const top = (map) => [...map].sort(([, a], [, b]) => b - a).slice(0, most);
  return {
    busy: busy / 1000,
    self: top(selfs).map(([name, time]) => [share(time), name]),
    total: top(totals).map(([name, time]) => [share(time), name]),
  };
}
