/**
 * Drafts of what somebody writes, in this browser alone: every form in every tab has its own, with all its text fields. They
 * belong to a person: whoever signs in next finds none of another's, and signing out takes all of them
 * (Clear-Site-Data, /me?/signOut).
 */
const PREFIX = 'draft:';
/** After these days nobody goes on with it. */
const KEPT = 30 * 86_400_000;
/** How long a tab waits for its own name, which the page before the reload may still hold. */
const HANDOVER = 300;

/** What was typed, by the name of the field. */
export type Fields = Record<string, string>;

interface Draft {
  fields: Fields;
  at: number;
  /** Which state of the thing was edited; none where something new is written. */
  version?: string;
}

/** `form`: what is written, without a colon, as in `thread-7`. */
const keyOf = (userId: string, form: string, tab: string) => `${PREFIX}${userId}:${form}:${tab}`;

/** Null where the browser keeps nothing (private windows, a full disk): then there are no drafts. */
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

/** Keeps what was typed; nothing typed is forgotten. Returns whether something is kept. */
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

/** Drops the draft of this form in this tab, and no other. */
export function forget(userId: string, form: string, tab: string): void {
  storage()?.removeItem(keyOf(userId, form, tab));
}

/** The key under which a tab remembers that its browser sent a form, without a script. */
const LEFT = 'draft-sent';

/** The browser sends this form itself, and leaves the page. */
export function leave(form: string): void {
  try {
    sessionStorage.setItem(LEFT, form);
  } catch {
    // Nothing is kept here, no draft either.
  }
}

/** Whether the page before this one sent this form. Asked once. */
export function left(form: string): boolean {
  try {
    const sent = sessionStorage.getItem(LEFT) === form;
    if (sent) sessionStorage.removeItem(LEFT);
    return sent;
  } catch {
    return false;
  }
}

/** Whether the page came by a link or as an answer to a form, rather than by Back or a reload. */
export const isAnswer = (): boolean =>
  performance.getEntriesByType('navigation').some((entry) => 'type' in entry && entry.type === 'navigate');

/** The form was sent: where the thing is in another state since, it was accepted, and its draft goes. */
export function settle(userId: string, form: string, tab: string, version: string | undefined): void {
  const draft = parse(storage()?.getItem(keyOf(userId, form, tab)) ?? null);
  if (draft && draft.version !== version) forget(userId, form, tab);
}

/**
 * The draft to go on with: this tab's own, else the newest that no open tab holds, which then becomes this tab's.
 * @param open names of the tabs that are open
 * @param version a draft of another state of the thing stays where it is: it would overwrite what is newer
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

/** What a field shows and how it is. */
interface Field {
  /** What stands in it. */
  now: string;
  /** What the server wrote into it. */
  base: string;
  /** What the server wrote is a quote, and stays. */
  quoting: boolean;
  /** It holds several lines. */
  lines: boolean;
}

/** A field with its draft in it: what was typed meanwhile, or a quote, stands below the draft. Null: the field stays as it is. */
export function resumed(text: string, { now, base, quoting, lines }: Field): string | null {
  if (now.includes(text)) return null;
  const below = now !== base || quoting ? now : '';
  if (below && !lines) return null;
  return below && !text.includes(below.trim()) ? `${text.trimEnd()}\n\n${below}` : text;
}

/** Drafts of other people who used this browser go, and old ones. */
export function tidy(userId: string, now: number): void {
  const store = storage();
  if (!store) return;
  for (const name of Object.keys(store).filter((key) => key.startsWith(PREFIX))) {
    const draft = parse(store.getItem(name));
    if (!name.startsWith(`${PREFIX}${userId}:`) || !draft || draft.at <= now - KEPT) store.removeItem(name);
  }
}

// --- Tabs ----------------------------------------------------------------------------------------------------

let mine: Promise<string> | undefined;

/** This tab's name. It survives a reload; a copy of the tab gets one of its own. */
export const thisTab = (): Promise<string> => (mine ??= claim());

/** The names of all open tabs of this site. */
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
    // Nothing is kept here: the name lasts as long as the page.
  }
  return name ?? crypto.randomUUID();
}

/** Holds a name as long as the page lives. False: another tab has it. */
const hold = (name: string): Promise<boolean> =>
  new Promise((done) => {
    if (!navigator.locks) return done(true);
    navigator.locks
      .request(`tab:${name}`, { signal: AbortSignal.timeout(HANDOVER) }, () => {
        done(true);
        return new Promise(() => {});
      })
      .catch(() => done(false));
  });
