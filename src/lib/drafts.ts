/**
 * Drafts of what somebody writes, in this browser alone: every form in every tab has its own, with all its text fields. They
 * belong to a person: whoever signs in next finds none of another's, and signing out takes all of them
 * (Clear-Site-Data, /me?/signOut).
 */
const PREFIX = 'draft:';
const KEPT = 30 * 86_400_000;
/** How long a tab waits for its own name, which the page before a reload may still hold. */
const HANDOVER = 300;

/** What was typed, by field name. */
export type Fields = Record<string, string>;

interface Draft {
  fields: Fields;
  at: number;
  /** The version that was being edited; absent for something new. */
  version?: string;
}

/** `form`: what is written, without a colon, as in `thread-7`. */
const keyOf = (userId: string, form: string, tab: string) => `${PREFIX}${userId}:${form}:${tab}`;

/** Null if the browser cannot store anything (private window, full disk). */
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

/** Where a tab remembers that its browser submitted a form without a script. */
const LEFT = 'draft-sent';

/** Called when the browser submits the form itself and leaves the page. */
export function leave(form: string): void {
  try {
    sessionStorage.setItem(LEFT, form);
  } catch {
    // No storage, no drafts.
  }
}

/** Whether the previous page submitted this form. Reading it clears it. */
export function left(form: string): boolean {
  try {
    const sent = sessionStorage.getItem(LEFT) === form;
    if (sent) sessionStorage.removeItem(LEFT);
    return sent;
  } catch {
    return false;
  }
}

/** Whether the page was reached by a link or a form, rather than by Back or a reload. */
export const isAnswer = (): boolean =>
  performance.getEntriesByType('navigation').some((entry) => 'type' in entry && entry.type === 'navigate');

/** After a submit: a changed version means that it was accepted, so the draft is deleted. */
export function settle(userId: string, form: string, tab: string, version: string | undefined): void {
  const draft = parse(storage()?.getItem(keyOf(userId, form, tab)) ?? null);
  if (draft && draft.version !== version) forget(userId, form, tab);
}

/**
 * The draft to restore: this tab's own, otherwise the newest that belongs to no open tab, which this tab then takes over.
 * @param open names of the tabs that are open
 * @param version drafts of another version are left alone, because they would overwrite something newer
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
  /** The server's text is a quote, which stays. */
  quoting: boolean;
  lines: boolean;
}

/** A field's value with its draft; what was typed meanwhile, or a quote, goes below it. Null if nothing changes. */
export function resumed(text: string, { now, base, quoting, lines }: Field): string | null {
  if (now.includes(text)) return null;
  const below = now !== base || quoting ? now : '';
  if (below && !lines) return null;
  return below && !text.includes(below.trim()) ? `${text.trimEnd()}\n\n${below}` : text;
}

/** Deletes old drafts, and those of other people who used this browser. */
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

/** This tab's name. It survives a reload; a duplicated tab gets its own. */
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
    // No storage: the name lasts as long as the page.
  }
  return name ?? crypto.randomUUID();
}

/** Claims a name while the page lives; false if another tab has it. */
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
