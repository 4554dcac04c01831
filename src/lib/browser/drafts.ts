/** Drafts in this browser: one per person, form and tab. Signing out deletes them (Clear-Site-Data, /me?/signOut). */
import { DAY } from '../time';

const PREFIX = 'draft:';
const KEPT = 30 * DAY;
/** How long a tab waits for its name, which the page before a reload may still hold on a slow machine. */
const HANDOVER = 10_000;

export type Fields = Record<string, string>;

interface Draft {
  fields: Fields;
  at: number;
  /** The version being edited; absent for something new. */
  version?: string;
}

/** `form` has no colon: `thread-7`. */
const keyOf = (userId: string, form: string, tab: string) => `${PREFIX}${userId}:${form}:${tab}`;

function storage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

function parse(stored: string | null): Draft | null {
  try {
    const draft = JSON.parse(stored ?? 'null') as Draft | null;
    return draft && typeof draft.fields === 'object' && typeof draft.at === 'number' ? draft : null;
  } catch {
    return null;
  }
}

/** @returns whether there is a draft now */
export function keep(
  userId: string,
  form: string,
  tab: string,
  fields: Fields,
  now: number,
  version?: string,
): boolean {
  if (!Object.values(fields).some((text) => text.trim())) {
    forget(userId, form, tab);
    return false;
  }
  try {
    const store = storage();
    store?.setItem(keyOf(userId, form, tab), JSON.stringify({ fields, at: now, version } satisfies Draft));
    return store !== null;
  } catch {
    return false;
  }
}

export function forget(userId: string, form: string, tab: string): void {
  storage()?.removeItem(keyOf(userId, form, tab));
}

/** In any tab. */
export const holds = (userId: string, form: string): boolean =>
  Object.keys(storage() ?? {}).some((key) => key.startsWith(keyOf(userId, form, '')));

const LEFT = 'draft-sent';

export function leave(form: string): void {
  try {
    sessionStorage.setItem(LEFT, form);
  } catch {
    // No storage, no drafts.
  }
}

/** Whether the previous page submitted this form. Reading clears it. */
export function left(form: string): boolean {
  try {
    const sent = sessionStorage.getItem(LEFT) === form;
    if (sent) sessionStorage.removeItem(LEFT);
    return sent;
  } catch {
    return false;
  }
}

/** Whether the page came from a link or form, not from Back or a reload. */
export const isAnswer = (): boolean =>
  performance.getEntriesByType('navigation').some((entry) => 'type' in entry && entry.type === 'navigate');

/** After a submit, a changed version means that it was accepted: the draft goes. */
export function settle(userId: string, form: string, tab: string, version: string | undefined): void {
  const draft = parse(storage()?.getItem(keyOf(userId, form, tab)) ?? null);
  if (draft && draft.version !== version) forget(userId, form, tab);
}

/**
 * This tab's draft, or the newest one that no open tab owns; this tab then takes it over. Skips drafts of other versions, because
 * they would overwrite something newer.
 */
export function resume(
  userId: string,
  form: string,
  tab: string,
  open: ReadonlySet<string>,
  version?: string,
): Fields | null {
  const store = storage();
  if (!store) return null;
  const start = keyOf(userId, form, '');
  const [found] = Object.keys(store)
    .filter((key) => key.startsWith(start))
    .map((key) => ({ key, of: key.slice(start.length), draft: parse(store.getItem(key)) }))
    .filter(({ of, draft }) => draft && draft.version === version && (of === tab || !open.has(of)))
    .sort((a, b) => Number(b.of === tab) - Number(a.of === tab) || b.draft!.at - a.draft!.at);
  if (!found) return null;
  if (found.of !== tab) {
    const moved = store.getItem(found.key)!;
    store.removeItem(found.key);
    store.setItem(start + tab, moved);
  }
  return found.draft!.fields;
}

interface Field {
  now: string;
  base: string;
  /** The server put a quote into the field; it stays. */
  quoting: boolean;
  lines: boolean;
}

/** Later typing, or a quote, goes below the draft. Null if nothing changes. */
export function resumed(text: string, { now, base, quoting, lines }: Field): string | null {
  if (now.includes(text)) return null;
  const below = now !== base || quoting ? now : '';
  if (below && !lines) return null;
  return below && !text.includes(below.trim()) ? `${text.trimEnd()}\n\n${below}` : text;
}

/** Deletes old drafts, and drafts of other people on this browser. */
export function tidy(userId: string, now: number): void {
  const store = storage();
  if (!store) return;
  for (const name of Object.keys(store).filter((key) => key.startsWith(PREFIX))) {
    const draft = parse(store.getItem(name));
    if (!name.startsWith(`${PREFIX}${userId}:`) || !draft || draft.at <= now - KEPT) store.removeItem(name);
  }
}

let mine: Promise<string> | undefined;

/** Survives a reload. A duplicated tab gets a name of its own. */
export const thisTab = (): Promise<string> => (mine ??= claim());

export async function openTabs(): Promise<Set<string>> {
  const held = (await navigator.locks?.query())?.held ?? [];
  return new Set(held.flatMap(({ name }) => (name?.startsWith('tab:') ? [name.slice(4)] : [])));
}

async function claim(): Promise<string> {
  let name: string | null = null;
  try {
    name = sessionStorage.getItem('tab');
    if (!name || !(await hold(name))) {
      name = crypto.randomUUID();
      void hold(name);
      sessionStorage.setItem('tab', name);
    }
  } catch {
    // Without storage, the name lasts as long as the page.
  }
  return name ?? crypto.randomUUID();
}

/**
 * Holds a name for the life of the page; false if another tab has it. That tab says so, whereas a page that has been left is silent,
 * however late the browser lets go of its name.
 */
const hold = (name: string): Promise<boolean> =>
  new Promise((done) => {
    if (!navigator.locks) return done(true);
    const channel = new BroadcastChannel(`tab:${name}`);
    const waits = new AbortController();
    const late = setTimeout(() => waits.abort(), HANDOVER);
    channel.onmessage = ({ data }) => data === 'mine' && waits.abort();
    navigator.locks
      .request(`tab:${name}`, { signal: waits.signal }, () => {
        clearTimeout(late);
        channel.onmessage = ({ data }) => data === 'whose?' && channel.postMessage('mine');
        channel.postMessage('mine');
        addEventListener('pagehide', () => channel.close(), { once: true });
        done(true);
        return new Promise(() => {});
      })
      .catch(() => {
        clearTimeout(late);
        channel.close();
        done(false);
      });
    channel.postMessage('whose?');
  });
