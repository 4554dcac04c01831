/**
 * Drafts of what somebody writes, in this browser alone. They belong to a person: whoever signs in next finds none of
 * another's, and signing out takes all of them (Clear-Site-Data, /me?/signOut).
 */
const PREFIX = 'draft:';
/** After these days nobody goes on with it. */
const KEPT = 30 * 86_400_000;

interface Draft {
  text: string;
  at: number;
}

const keyOf = (userId: string, key: string) => `${PREFIX}${userId}:${key}`;

/** Null where the browser keeps nothing (private windows, a full disk): then there are no drafts. */
function storage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

export function read(userId: string, key: string): string | null {
  try {
    const draft = JSON.parse(storage()?.getItem(keyOf(userId, key)) ?? 'null') as Draft | null;
    return typeof draft?.text === 'string' ? draft.text : null;
  } catch {
    return null;
  }
}

/** Keeps a text; an empty one is forgotten. Returns whether it is kept. */
export function keep(userId: string, key: string, text: string, now: number): boolean {
  if (!text.trim()) {
    forget(userId, key);
    return false;
  }
  try {
    const store = storage();
    store?.setItem(keyOf(userId, key), JSON.stringify({ text, at: now } satisfies Draft));
    return store !== null;
  } catch {
    return false;
  }
}

export function forget(userId: string, key: string): void {
  storage()?.removeItem(keyOf(userId, key));
}

/** Drafts of other people who used this browser go, and old ones. */
export function tidy(userId: string, now: number): void {
  const store = storage();
  if (!store) return;
  for (const name of Object.keys(store).filter((key) => key.startsWith(PREFIX))) {
    let at = 0;
    try {
      at = (JSON.parse(store.getItem(name) ?? '') as Draft).at;
    } catch {
      // Not written by this version: it goes.
    }
    if (!name.startsWith(keyOf(userId, '')) || !(at > now - KEPT)) store.removeItem(name);
  }
}
