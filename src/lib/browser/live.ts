/** Polls for changes by others: the browser's side of server/changes.ts and of news. A push channel would replace this file. */
import { attend } from './attention';
import { readsSummary } from './focus';
import { MINUTE } from '../time';

export interface Change {
  kind: string;
  thread: number | null;
  comment: number | null;
  own: boolean;
}

const OFTEN = 4_000;
const SELDOM = 30_000;
/** After this long without input, the page polls less often. */
const IDLE = 5 * MINUTE;

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

/** Polls while the tab is visible. @returns how to stop */
function poll<News>(address: () => string, pause: () => number, { heard, ended, back, quiet }: Heard<News>) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  let out = false;

  const next = () => {
    clearTimeout(timer);
    if (over || document.hidden) return;
    timer = setTimeout(ask, attention.here() && !out ? pause() : SELDOM);
  };

  async function ask() {
    clearTimeout(timer);
    try {
      // A redirect would lead to the login page.
      const answer = await fetch(address(), { redirect: 'manual' });
      if (over) return;
      if (answer.status === 404) {
        over = true;
        return ended('gone');
      }
      if (answer.type === 'opaqueredirect') {
        out = true;
        // Whoever reads that their form was refused is told by that already.
        if (!attention.here() || !readsSummary()) ended('signed-out');
      } else if (answer.ok && out) {
        out = false;
        back();
      }
      if (answer.status === 200) heard((await answer.json()) as News);
      else await answer.text();
      if (answer.status === 204 && attention.here()) quiet?.();
    } catch {
      // Offline: the next poll tries again.
    }
    next();
  }

  const attention = attend(
    IDLE,
    (here) => (here ? void ask() : next()),
    () => !document.hidden,
  );
  next();

  return {
    again: next,
    stop: () => {
      over = true;
      clearTimeout(timer);
      attention.stop();
    },
  };
}

/** The changes of a space. @returns `know` reports what the page has loaded meanwhile */
export function watch(spaceId: number, seq: string, { heard, ...rest }: Heard<Change[]>) {
  let since = seq;
  const { stop } = poll<{ seq: string; changes: Change[] }>(
    () => `/spaces/${spaceId}/changes?since=${since}`,
    () => OFTEN,
    {
      ...rest,
      heard: (news) => {
        if (news.seq === since) return;
        since = news.seq;
        heard(news.changes);
      },
    },
  );
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
  const { again, stop } = poll<News>(
    () => `/news?since=${since}`,
    () => (often ? OFTEN : SELDOM),
    {
      ...rest,
      heard: (news) => {
        since = news.stamp;
        heard(news);
      },
    },
  );
  return {
    know: (newer: string, shows: boolean) => {
      since = newer;
      if (shows === often) return;
      often = shows;
      again();
    },
    stop,
  };
}
