/** In the browser: keeps what is typed into a form's text fields as a draft until the form is accepted. */
import * as drafts from './drafts';

const TYPED = new Set(['text', 'email', 'url', 'tel', 'number']);
type TextField = HTMLInputElement | HTMLTextAreaElement;

interface What {
  form: HTMLFormElement;
  /** What is written: `thread-7`. */
  name: string;
  /** Nothing is kept without an owner. */
  person: () => string | undefined;
  /** When editing: the version that the form shows. */
  version: () => string | undefined;
  /** The page reports success. For something new, which has no version. */
  done: () => boolean;
  /** A quote that the server put into the form goes below the draft instead of being replaced by it. */
  quoting: () => boolean;
  refused: () => boolean;
}

const PAUSE = 400;

export class FormDraft {
  kept = $state(false);

  #what: What;
  #tab: string | undefined;
  #saving: ReturnType<typeof setTimeout> | undefined;
  #sent = false;
  #accepted = false;
  /** Never written twice: signing out clears the storage, and this page is unloaded after that. */
  #last = '{}';
  /** The server's own values are not a draft. */
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
    // A form that is submitted by script is reset once it is accepted.
    form.addEventListener('reset', () => this.#sent && this.#accept(), { signal });
    addEventListener('pagehide', this.#save, { signal });
    void this.#begin();
  }

  stop(): void {
    this.#ends.abort();
    this.#save();
  }

  /** A navigation: only an accepted form ends the draft, a followed link does not. */
  leave(by: 'form' | 'link'): void {
    if (this.#sent && by === 'form') this.#accept();
  }

  /** The form leads to the same page again: what is typed from now on is a new draft. */
  stay(): void {
    if (!this.#accepted) return;
    this.#accepted = this.#sent = false;
    this.#last = '{}';
    this.#rebase();
  }

  refuse(): void {
    this.#sent = false;
  }

  /** Saved in place: what was typed is now the server's value. */
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
    // Without a script the next page decides what happened to it.
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
      // Values that come back with a refusal were typed here, so they stay a draft.
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
    // Not before the draft was loaded: saving would overwrite it.
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
