/** Polls for changes by others: the browser's side of server/changes.ts. A push channel would replace this file. */
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

interface Listener {
  heard: (changes: Change[]) => void;
  ended: (why: 'gone' | 'signed-out') => void;
}

/** Polls while the tab is visible. @returns `know` reports what the page has loaded meanwhile */
export function watch(spaceId: number, seq: number, { heard, ended }: Listener) {
  let since = seq;
  let touched = Date.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;

  const next = () => {
    clearTimeout(timer);
    if (over || document.hidden) return;
    timer = setTimeout(ask, Date.now() - touched > IDLE ? SELDOM : OFTEN);
  };

  async function ask() {
    clearTimeout(timer);
    try {
      // A redirect would lead to the login page.
      const answer = await fetch(`/spaces/${spaceId}/changes?since=${since}`, { redirect: 'manual' });
      if (over) return;
      if (answer.status === 404 || answer.type === 'opaqueredirect') {
        over = true;
        return ended(answer.status === 404 ? 'gone' : 'signed-out');
      }
      if (answer.status === 200) {
        const news = (await answer.json()) as { seq: number; changes: Change[] };
        if (news.seq > since) {
          since = news.seq;
          heard(news.changes);
        }
      } else await answer.text();
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
    know: (newer: number) => void (since = Math.max(since, newer)),
    stop: () => {
      over = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
      removeEventListener('pointerdown', touch);
      removeEventListener('keydown', touch);
    },
  };
}
