// How soon open pages learn of a comment, and a removed guest of their removal: 500 sockets in the room of one space.
const SOCKETS = 500;
/** Of one person: a room takes no more (server/room.ts). */
const EACH = 20;
const COMMENTS = 20;
/** Of guests in the first space, which has the first ones by address (tests/bench/site.ts). */
const EMAILS = Array.from({ length: 1_000 }, (_, n) => `guest${n + 1}@partner.example`)
  .sort()
  .slice(0, SOCKETS / EACH);

/**
 * @param {object} site as `foyer` serves it
 * @param {(email: string) => Promise<import('./visitor.mjs').Visitor>} enter logs somebody in
 * @returns {Promise<object[]>} a row for each figure
 */
export async function live({ origin }, host, enter, { space, thread }) {
  const path = `/spaces/${space}/threads/${thread}`;
  const guests = [];
  for (const email of EMAILS) guests.push(await enter(email));
  const sockets = await Promise.all(
    guests.flatMap((guest) => Array.from({ length: EACH }, () => open(origin, space, guest))),
  );
  const [reader] = guests;
  let page = await host.open(path);

  /** @param whenTold what each of the pages does at the word */
  const comments = async (whenTold) => {
    const told = [];
    const shown = [];
    for (let n = 0; n < COMMENTS; n++) {
      const body = `Comment ${n} of ${whenTold}`;
      let posted = 0;
      const words = sockets.map(({ next }) =>
        next().then(async () => {
          told.push(performance.now() - posted);
          if (whenTold === 'all ask') await reader.ask(`/spaces/${space}/changes?since=x`);
        }),
      );
      const seen = sockets[0].next().then(async () => {
        await reader.ask(`/spaces/${space}/changes?since=x`);
        const { text } = await reader.open(`${path}/__data.json`);
        if (!text.includes(body)) throw new Error('the page does not show the comment');
        shown.push(performance.now() - posted);
      });
      posted = performance.now();
      await host.submit(path, `${path}?/comment`, { body }, page);
      await Promise.all([...words, seen]);
      page = await host.open(path);
    }
    return { told, shown };
  };
  const alone = await comments('one asks');
  const crowd = await comments('all ask');

  const closed = [];
  for (const [i, email] of EMAILS.entries()) {
    const own = sockets.slice(i * EACH, (i + 1) * EACH);
    const remove = await removal(host, space, email);
    const posted = performance.now();
    await Promise.all([remove(), ...own.map(({ ended }) => ended.then((at) => closed.push(at - posted)))]);
  }
  return [
    row(`comment to ${SOCKETS} sockets`, alone.told),
    row('comment to another open page', alone.shown),
    row(`comment to ${SOCKETS} sockets, whose pages all ask`, crowd.told),
    row('comment to another open page, while all ask', crowd.shown),
    row('removal to the closed sockets', closed),
  ];
}

/** @returns how to post the form of the Guests tab that removes somebody */
async function removal(host, space, email) {
  const tab = `/spaces/${space}/settings/guests`;
  const { text } = await host.open(`${tab}?find=${encodeURIComponent(email)}`);
  const ref = /\b(?:guest|member|user|person)(?::|%3A)\w{16}\b/.exec(text)?.[0].replace('%3A', ':');
  if (!ref) throw new Error(`no row of ${email}`);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return async () => {
    const body = String(new URLSearchParams({ ref }));
    const answer = await host.ask(`${tab}?/delete`, { method: 'POST', headers, body });
    if (answer.status !== 303) throw new Error(`${email} was not removed: ${answer.status}`);
  };
}

function row(name, took) {
  took.sort((a, b) => a - b);
  const at = (share) => took[Math.min(took.length - 1, Math.floor(took.length * share))];
  return { name, count: took.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), most: took.at(-1) };
}

/** A socket as a page has it. */
function open(origin, space, visitor) {
  const socket = new globalThis.WebSocket(`${origin.replace('http', 'ws')}/spaces/${space}/live`, {
    headers: { cookie: visitor.cookie, origin },
  });
  let waiting = [];
  const next = () => new Promise((done) => waiting.push(done));
  return new Promise((done, failed) => {
    const ended = new Promise((end) => (socket.onclose = () => end(performance.now())));
    socket.onerror = () => failed(new Error('a socket was refused'));
    socket.onopen = () => socket.send('ping');
    socket.onmessage = ({ data }) => {
      if (data === 'pong') return done({ next, ended });
      const those = waiting;
      waiting = [];
      for (const one of those) one();
    };
  });
}
