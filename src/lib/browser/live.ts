/**
 * Asks for changes by others: the browser's side of server/changes.ts and of news. Where the rooms of the spaces can be reached, they
 * say when to ask (line.ts); otherwise, and in case a word is lost, the page asks again and again.
 */
import { attend, IDLE } from './attention';
import { readsSummary } from './focus';
import { join, spread, type Line } from './line';
import { MINUTE } from '../time';

export interface Change {
  kind: string;
  thread: number | null;
  comment: number | null;
  own: boolean;
}

const OFTEN = 4_000;
const SELDOM = 30_000;
/** While the rooms say when to ask. */
const IN_CASE = MINUTE;

export type Ended = 'gone' | 'signed-out' | 'somebody-else';

interface Heard<News> {
  heard: (news: News) => void;
  /** Told again and again while nobody is logged in. */
  ended: (why: Ended) => void;
  /** Somebody is logged in again. */
  back: () => void;
  /** Asked, and there is nothing new. */
  quiet?: () => void;
}

interface Pace {
  /** Between two polls without a room, while somebody is there. */
  pause: () => number;
  /** After the word of a room. */
  delay: () => number;
}

/** Polls while the tab is visible. @returns how to stop, and where to listen besides */
function poll<News>(address: () => string, pace: Pace, { heard, ended, back, quiet }: Heard<News>) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  let out = false;
  let asking = false;
  let again = false;
  let lines = new Map<number, Line>();

  const told = () => lines.size > 0 && [...lines.values()].every((line) => line.isOpen());

  const wait = (ms: number) => {
    clearTimeout(timer);
    if (over || document.hidden) return;
    timer = setTimeout(ask, ms);
  };
  const next = () =>
    wait(told() && !out ? spread(IN_CASE) : attention.here() && !out ? pace.pause() : SELDOM);
  const soon = () => {
    const ms = pace.delay();
    if (ms > 0 || document.hidden) wait(ms);
    else void ask();
  };

  const listener = {
    moved: () => (asking ? void (again = true) : soon()),
    closed: () => (asking ? undefined : wait(spread(OFTEN))),
  };

  async function ask() {
    clearTimeout(timer);
    if (asking) return void (again = true);
    [asking, again] = [true, false];
    try {
      // A redirect would lead to the login page.
      const answer = await fetch(address(), { redirect: 'manual' });
      if (over) return;
      if (answer.status === 404) {
        stop();
        return ended('gone');
      }
      if (answer.type === 'opaqueredirect') {
        out = true;
        // Whoever reads that their form was refused is told by that already.
        if (!attention.here() || !readsSummary()) ended('signed-out');
      } else if (answer.ok) {
        if (out) back();
        out = false;
        lines.forEach((line) => line.check());
      }
      if (answer.status === 200) heard((await answer.json()) as News);
      else await answer.text();
      if (answer.status === 204 && attention.here()) quiet?.();
    } catch {
      // Offline: the next poll tries again.
      lines.forEach((line) => line.drop());
    } finally {
      asking = false;
    }
    if (again) soon();
    else next();
  }

  const attention = attend(
    IDLE,
    (here) => (here ? void ask() : next()),
    () => !document.hidden,
  );
  const ends = new AbortController();
  addEventListener('online', () => void ask(), { signal: ends.signal });
  next();

  function stop() {
    over = true;
    clearTimeout(timer);
    ends.abort();
    attention.stop();
    lines.forEach((line) => line.leave());
    lines.clear();
  }

  return {
    again: next,
    /** The rooms to listen to from now on. */
    listen: (spaces: number[]) => {
      const before = lines;
      lines = new Map(spaces.map((id) => [id, before.get(id) ?? join(id, listener)]));
      for (const [id, line] of before) if (!lines.has(id)) line.leave();
    },
    connect: () => lines.forEach((line) => line.check()),
    stop,
  };
}

/**
 * The changes of a space.
 * @param rooms whether this site has them
 * @returns `know` reports what the page has loaded meanwhile
 */
export function watch(spaceId: number, seq: string, rooms: boolean, { heard, ...rest }: Heard<Change[]>) {
  let since = seq;
  const { listen, connect, stop } = poll<{ seq: string; changes: Change[] }>(
    () => `/spaces/${spaceId}/changes?since=${since}`,
    { pause: () => OFTEN, delay: () => 0 },
    {
      ...rest,
      heard: (news) => {
        if (news.seq === since) return;
        since = news.seq;
        heard(news.changes);
      },
    },
  );
  if (rooms) {
    listen([spaceId]);
    connect();
  }
  return { know: (newer: string) => void (since = newer), stop };
}

interface News {
  unread: { me: number; all: number };
  stamp: string;
}

/** Whether anything is new for a person. @returns `know` reports what the page has loaded meanwhile, and whether it shows it */
export function watchNews(stamp: string, { heard, ...rest }: Heard<News>) {
  let since = stamp;
  let often = false;
  const { again, listen, stop } = poll<News>(
    () => `/news?since=${since}`,
    // A page of a space loads its own changes first, and with them what the bell shows.
    { pause: () => (often ? OFTEN : SELDOM), delay: () => (often ? 0 : spread(OFTEN)) },
    {
      ...rest,
      heard: (news) => {
        since = news.stamp;
        heard(news);
      },
    },
  );
  return {
    /** @param spaces those whose rooms say when to ask */
    know: (newer: string, shows: boolean, spaces: number[]) => {
      since = newer;
      listen(spaces);
      if (shows === often) return;
      often = shows;
      again();
    },
    stop,
  };
}
