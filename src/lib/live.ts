/** Polls for changes by others: the browser's side of server/changes.ts and of news. A push channel would replace this file. */
import { MINUTE } from './time';

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

/** Polls while the tab is visible. @returns how to stop */
function poll<News>(
  address: () => string,
  pause: () => number,
  heard: (news: News) => void,
  ended: (why: Ended) => void,
) {
  let touched = Date.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;

  const next = () => {
    clearTimeout(timer);
    if (over || document.hidden) return;
    timer = setTimeout(ask, Date.now() - touched > IDLE ? SELDOM : pause());
  };

  async function ask() {
    clearTimeout(timer);
    try {
      // A redirect would lead to the login page.
      const answer = await fetch(address(), { redirect: 'manual' });
      if (over) return;
      if (answer.status === 404 || answer.type === 'opaqueredirect') {
        over = true;
        return ended(answer.status === 404 ? 'gone' : 'signed-out');
      }
      if (answer.status === 200) heard((await answer.json()) as News);
      else await answer.text();
    } catch {
      // Offline: the next poll tries again.
    }
    next();
  }

  const seen = () => (document.hidden ? clearTimeout(timer) : void ask());
  const touch = () => {
    const wasIdle = Date.now() - touched > IDLE;
    touched = Date.now();
    if (wasIdle) next();
  };
  document.addEventListener('visibilitychange', seen);
  addEventListener('pointerdown', touch, { passive: true });
  addEventListener('keydown', touch, { passive: true });
  next();

  return {
    again: next,
    stop: () => {
      over = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
      removeEventListener('pointerdown', touch);
      removeEventListener('keydown', touch);
    },
  };
}

/** The changes of a space. @returns `know` reports what the page has loaded meanwhile */
export function watch(
  spaceId: number,
  seq: number,
  { heard, ended }: { heard: (changes: Change[]) => void; ended: (why: Ended) => void },
) {
  let since = seq;
  const { stop } = poll<{ seq: number; changes: Change[] }>(
    () => `/spaces/${spaceId}/changes?since=${since}`,
    () => OFTEN,
    (news) => {
      if (news.seq <= since) return;
      since = news.seq;
      heard(news.changes);
    },
    ended,
  );
  return { know: (newer: number) => void (since = Math.max(since, newer)), stop };
}

interface News {
  unread: { me: number; all: number };
  stamp: string;
}

/** Whether anything is new for a person. @returns `know` reports what the page has loaded meanwhile, and whether it shows it */
export function watchNews(
  stamp: string,
  { heard, ended }: { heard: (news: News) => void; ended: () => void },
) {
  let since = stamp;
  let often = false;
  const { again, stop } = poll<News>(
    () => `/news?since=${since}`,
    () => (often ? OFTEN : SELDOM),
    (news) => {
      since = news.stamp;
      heard(news);
    },
    ended,
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
