/** In the browser: what is typed into a form's text fields, kept as a draft until this very form was accepted. */
import * as drafts from './drafts';

const TYPED = new Set(['text', 'email', 'url', 'tel', 'number']);
type TextField = HTMLInputElement | HTMLTextAreaElement;

interface What {
  form: HTMLFormElement;
  /** What is written: `thread-7`. */
  name: string;
  /** Whose draft it is. Nobody's is not kept. */
  person: () => string | undefined;
  /** Of something that is changed: which state of it the form shows. */
  version: () => string | undefined;
  /** The page says that what was sent before is done. For something new, which has no version. */
  done: () => boolean;
  /** What the server wrote into the form, a quote, goes below the draft instead of being replaced by it. */
  quoting: () => boolean;
  /** The page came back because something was refused. */
  refused: () => boolean;
}

/** After the last key, so long. */
const PAUSE = 400;

export class FormDraft {
  /** Something is kept. */
  kept = $state(false);

  #what: What;
  #tab: string | undefined;
  #saving: ReturnType<typeof setTimeout> | undefined;
  /** The form was sent, and nobody has refused it since. */
  #sent = false;
  #accepted = false;
  /** What was kept last. Written once: signing out clears the storage, and this page says goodbye after that. */
  #last = '{}';
  /** What the server wrote into each field: that alone is no draft. */
  #base: Record<string, string>;
  #shown: string | undefined;
  #ends = new AbortController();

  constructor(what: What) {
    this.#what = what;
    this.#shown = what.version();
    this.#base = Object.fromEntries(this.#fields().map((field) => [field.name, written(field)]));
    const { signal } = this.#ends;
    const { form } = what;
    form.addEventListener('input', () => this.#saveSoon(), { signal });
    form.addEventListener('focusout', this.#save, { signal });
    form.addEventListener('submit', (event) => this.#onSubmit(event), { signal });
    // What a script submits resets its form when it was accepted.
    form.addEventListener('reset', () => this.#sent && this.#accept(), { signal });
    addEventListener('pagehide', this.#save, { signal });
    void this.#begin();
  }

  /** The form leaves the page. */
  stop(): void {
    this.#ends.abort();
    this.#save();
  }

  /** Another page comes: a form that was accepted leads there, a link that was followed is something else. */
  leave(by: 'form' | 'link'): void {
    if (this.#sent && by === 'form') this.#accept();
  }

  /** It went on to the same page, and the form is still there: what is typed from now on is something new. */
  stay(): void {
    if (!this.#accepted) return;
    this.#accepted = this.#sent = false;
    this.#last = '{}';
    this.#rebase();
  }

  /** Refused: everything stays. */
  refuse(): void {
    this.#sent = false;
  }

  /** Saved without leaving the page: what was typed is now what the server wrote. */
  renew(): void {
    const now = this.#what.version();
    if (now === this.#shown) return;
    if (this.#sent && this.#tab) {
      this.#forget();
      this.kept = this.#sent = false;
    }
    this.#shown = now;
    this.#rebase();
  }

  #fields(): TextField[] {
    return [...this.#what.form.querySelectorAll<TextField>('input[name], textarea[name]')].filter(
      (field) => field instanceof HTMLTextAreaElement || TYPED.has(field.type),
    );
  }

  #rebase() {
    this.#base = Object.fromEntries(this.#fields().map((field) => [field.name, field.value]));
  }

  #saveSoon() {
    clearTimeout(this.#saving);
    this.#saving = setTimeout(this.#save, PAUSE);
  }

  #onSubmit(event: SubmitEvent) {
    this.#sent = true;
    this.#save();
    // Where no script sends it, the page that comes next tells what became of it.
    setTimeout(() => event.defaultPrevented || drafts.leave(this.#what.name));
  }

  async #begin(): Promise<void> {
    const { name, person, version, done, quoting, refused } = this.#what;
    const mine = person();
    if (!mine) return;
    drafts.tidy(mine, Date.now());
    const tab = await drafts.thisTab();
    if (drafts.left(name) && !refused()) {
      if (done() && drafts.isAnswer()) drafts.forget(mine, name, tab);
      else drafts.settle(mine, name, tab, version());
    }
    const draft = drafts.resume(mine, name, tab, await drafts.openTabs(), version());
    this.#tab = tab;
    for (const field of draft ? this.#fields() : []) {
      const text = draft![field.name];
      if (text === undefined) continue;
      // What the server gives back with a refusal was typed here, and is kept on.
      if (refused()) delete this.#base[field.name];
      const value = drafts.resumed(text, {
        now: field.value,
        base: this.#base[field.name] ?? '',
        quoting: quoting(),
        lines: field instanceof HTMLTextAreaElement,
      });
      if (value === null) continue;
      field.value = value;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }
    this.#save();
  }

  #save = (): void => {
    clearTimeout(this.#saving);
    const { name, person, version } = this.#what;
    const mine = person();
    // Not before the draft was looked for: saving would take its place.
    if (!mine || !this.#tab || this.#accepted) return;
    const typed = this.#fields().filter((field) => field.value !== (this.#base[field.name] ?? ''));
    const all = Object.fromEntries(typed.map((field) => [field.name, field.value]));
    if (JSON.stringify(all) === this.#last) return;
    this.#last = JSON.stringify(all);
    this.kept = drafts.keep(mine, name, this.#tab, all, Date.now(), version());
  };

  #accept() {
    this.#accepted = true;
    this.kept = false;
    clearTimeout(this.#saving);
    this.#forget();
  }

  #forget() {
    const mine = this.#what.person();
    if (mine && this.#tab) drafts.forget(mine, this.#what.name, this.#tab);
  }
}

const written = (field: TextField) =>
  field instanceof HTMLTextAreaElement || field.hasAttribute('value') ? field.defaultValue : field.value;
