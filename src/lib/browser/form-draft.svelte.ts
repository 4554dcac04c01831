/** In the browser: keeps a form's text fields, and which files were chosen, as a draft until the form is accepted. */
import * as drafts from './drafts';

const TYPED = new Set(['text', 'email', 'url', 'tel', 'number']);
type TextField = HTMLInputElement | HTMLTextAreaElement;

interface What {
  form: HTMLFormElement;
  name: string;
  person: () => string | undefined;
  version: () => string | undefined;
  /** For something new, which has no version: the page reports success. */
  done: () => boolean;
  /** The server put a quote into the form: the draft goes above it. */
  quoting: () => boolean;
  refused: () => boolean;
}

const PAUSE = 400;
/** Where the draft has its files; no field has such a name. */
const FILES = ':files';

export class FormDraft {
  kept = $state(false);

  #what: What;
  /** Whoever logs in later in the same browser gets nothing of it. */
  #person: string | undefined;
  #tab: string | undefined;
  #saving: ReturnType<typeof setTimeout> | undefined;
  #sent = false;
  #accepted = false;
  /** Never written twice: after signing out has cleared the storage, this page still unloads. */
  #last = '{}';
  /** The server's values, which are not a draft. */
  #base: Record<string, string>;
  #shown: string | undefined;
  #ends = new AbortController();

  constructor(what: What) {
    this.#what = what;
    this.#person = what.person();
    this.#shown = what.version();
    this.#base = this.#written();
    const { signal } = this.#ends;
    const { form } = what;
    form.addEventListener('input', () => this.#saveSoon(), { signal });
    form.addEventListener('focusout', this.#save, { signal });
    // Told by Attachments.svelte.
    form.addEventListener('files', () => this.#saveSoon(), { signal });
    form.addEventListener('submit', (event) => this.#onSubmit(event), { signal });
    // Told by sending.svelte.ts, even if the page has been left.
    for (const end of ['accepted', 'discarded']) form.addEventListener(end, () => this.#accept());
    form.addEventListener('unsent', () => {
      this.#sent = false;
      this.#save();
    });
    form.addEventListener('settled', () => this.#startAnew(), { signal });
    addEventListener('pagehide', this.#save, { signal });
    void this.#begin();
  }

  stop(): void {
    this.#ends.abort();
    clearTimeout(this.#saving);
    if (!this.#sent) this.#save();
  }

  /** The form came back to the same page: typing starts a new draft. */
  stay(): void {
    if (!this.#accepted) return;
    this.#startAnew();
    this.#rebase();
  }

  /** Saved in place: the typed text is now the server's value. */
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

  /** Keeps the value in `data-kept`, so that no draft comes back for more people than it was written for. */
  #choices(): HTMLInputElement[] {
    return [...this.#what.form.querySelectorAll<HTMLInputElement>('input[data-kept]')];
  }

  #chosen(): Record<string, string> {
    return Object.fromEntries(
      this.#choices()
        .filter(({ type, checked }) => type === 'hidden' || checked)
        .map(({ name, value }) => [name, value]),
    );
  }

  #choose(draft: Record<string, string>): void {
    for (const choice of this.#choices()) {
      const { kept } = choice.dataset;
      if (draft[choice.name] !== kept) continue;
      // Where there is nothing to choose any more, the server refuses what it was not written for.
      if (choice.type === 'hidden') choice.value = kept!;
      if (choice.type === 'hidden' || choice.checked) continue;
      choice.checked = true;
      choice.dispatchEvent(new Event('input', { bubbles: true }));
    }
  }

  /** What Attachments.svelte writes of its files, and takes back. */
  #files(): HTMLInputElement | null {
    return this.#what.form.querySelector('input[data-kept-files]');
  }

  #bringBack(files: string | undefined): void {
    const keeper = this.#files();
    if (!files || !keeper) return;
    keeper.value = files;
    keeper.dispatchEvent(new CustomEvent('kept', { detail: files }));
  }

  #startAnew() {
    this.#accepted = this.#sent = false;
    this.#last = '{}';
    this.#base = this.#written();
  }

  /** What the server wrote into the fields. */
  #written(): Record<string, string> {
    return Object.fromEntries(this.#fields().map((field) => [field.name, written(field)]));
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
    // Without a script, the next page decides.
    setTimeout(() => event.defaultPrevented || drafts.leave(this.#what.name));
  }

  async #begin(): Promise<void> {
    const { name, version, done, quoting, refused } = this.#what;
    const mine = this.#person;
    if (!mine) return;
    drafts.tidy(mine, Date.now());
    const tab = await drafts.thisTab();
    if (drafts.left(name) && !refused()) {
      if (done() && drafts.isAnswer()) drafts.forget(mine, name, tab);
      else drafts.settle(mine, name, tab, version());
    }
    const draft = drafts.resume(mine, name, tab, await drafts.openTabs(), version());
    this.#tab = tab;
    // A refused form shows what was sent.
    if (draft && !refused()) this.#choose(draft);
    this.#bringBack(draft?.[FILES]);
    for (const field of draft ? this.#fields() : []) {
      const text = draft![field.name];
      if (text === undefined) continue;
      // Values returned with a refusal were typed here: still a draft.
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
    const mine = this.#person;
    // Saving before the draft is loaded would overwrite it.
    if (!mine || mine !== person() || !this.#tab || this.#accepted) return;
    const typed = this.#fields().filter((field) => field.value !== (this.#base[field.name] ?? ''));
    const texts = typed.map((field) => [field.name, field.value]);
    const files = this.#files()?.value ?? '';
    if (files) texts.push([FILES, files]);
    const all = texts.length === 0 ? {} : { ...this.#chosen(), ...Object.fromEntries(texts) };
    if (JSON.stringify(all) === this.#last) return;
    this.#last = JSON.stringify(all);
    this.kept = drafts.keep(mine, name, this.#tab, all, Date.now(), version());
    // What the browser does not keep is asked about (typed.ts).
    this.#what.form.toggleAttribute('data-draft', this.kept || typed.length === 0);
  };

  #accept() {
    this.#accepted = true;
    this.kept = false;
    clearTimeout(this.#saving);
    this.#forget();
  }

  #forget() {
    if (this.#person && this.#tab) drafts.forget(this.#person, this.#what.name, this.#tab);
  }
}

const written = (field: TextField) =>
  field instanceof HTMLTextAreaElement || field.hasAttribute('value') ? field.defaultValue : field.value;
