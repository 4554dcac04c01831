/** In the browser: how every form is sent, and what its buttons say meanwhile. */
import { applyAction, enhance } from '$app/forms';
import { navigating } from '$app/state';
import type { SubmitFunction } from '@sveltejs/kit';
import { getContext, setContext, tick } from 'svelte';
import { doneWords } from '../done';
import { focusSummary, holdInWindow, isLost, placeOf, type Hold } from './focus';
import { gaveBack, type FormFailure } from '../forms';
import { useI18n, type I18n } from '../i18n';
import { takeNewer } from './newer';
import { useNotices, type Notices } from './notices.svelte';
import { OWNER_FIELD, usePageOwner } from '../page-owner';
import { pendingWord } from './pending';
import { follow, refresh, staysAt } from './refresh';
import { renew, submitterOf, tell } from './sent';
import { typedIn } from './typed';

/** `false`: the browser sends the form itself. */
export type Enhance = boolean | SubmitFunction;

type Input = Parameters<SubmitFunction>[0];
type Answer = Parameters<Exclude<Awaited<ReturnType<SubmitFunction>>, void>>[0];
type Result = Answer['result'];

const SLOW = 10_000;
/** After this nobody waits for an answer any more. Files take their time. */
const PATIENCE = 60_000;
const PATIENCE_WITH_FILES = 600_000;

/** Not an answer of ours: no network, a proxy's page, or an error that may pass. */
const unanswered = (result: Result): boolean =>
  result.type === 'error' && (result.status === undefined || result.status >= 500);

const wordsOf = (button: HTMLElement | null): string =>
  (button?.getAttribute('aria-label') ?? button?.textContent ?? '').trim();

/** What the button says meanwhile may be shorter: nothing beside it moves. */
function holdSize(button: HTMLElement | null): () => void {
  if (!button) return () => {};
  const { width, height } = button.getBoundingClientRect();
  Object.assign(button.style, { minWidth: `${width}px`, minHeight: `${height}px` });
  return () => void Object.assign(button.style, { minWidth: '', minHeight: '' });
}

export class Sending {
  state = $state<'idle' | 'sending' | 'slow' | 'unsent'>('idle');
  why = $state<'offline' | 'silent' | 'broken'>('silent');
  /** The button that was pressed. */
  by = $state.raw<HTMLElement | null>(null);
  /** What that button says meanwhile. */
  says = $state('');
  /** Something was typed into it. */
  typed = $state(false);
  /** A refusal that the page shows nowhere. */
  refused = $state.raw<FormFailure | null>(null);
  readonly busy = $derived(this.state === 'sending' || this.state === 'slow');

  #form: HTMLFormElement | undefined;
  #notices: Notices;
  #i18n: () => I18n;
  /** It has no room to say anything. */
  #small: boolean;
  #owner = usePageOwner();

  constructor(notices: Notices, i18n: () => I18n, small = false) {
    this.#notices = notices;
    this.#i18n = i18n;
    this.#small = small;
  }

  /** An action for `use:`. */
  attach = (form: HTMLFormElement, how: Enhance = true) => {
    if (how === false) return;
    this.#form = form;
    return enhance(form, async (input) => {
      if (this.busy) return input.cancel();
      const rest = this.#begin(input);
      const from = {
        path: location.pathname,
        page: document.title,
        href: location.pathname + location.search,
      };
      const place = placeOf(this.by);
      const words = wordsOf(this.by);
      const key = this.#keep(input);
      const cancel = () => {
        rest();
        input.cancel();
      };
      const answered = typeof how === 'function' ? await how({ ...input, cancel }) : undefined;
      return async (kits) => {
        input.formData.delete(OWNER_FIELD);
        const left = navigating.to !== null || location.pathname !== from.path;
        const update: Answer['update'] = async (options) => {
          const hold = holdInWindow(this.by);
          await this.#settle(kits, options, place, hold).finally(hold.release);
        };
        try {
          if (!unanswered(kits.result)) this.#notices.keys.delete(key);
          if (left) await this.#settleAfar(kits, from);
          else if (unanswered(kits.result)) this.#fail(kits.result, words);
          else if (kits.result.type === 'error') await this.#turnAway(kits.result, form, words);
          else await (answered ?? (() => update()))({ ...kits, update });
        } finally {
          rest();
        }
      };
    });
  };

  again = (): void => {
    const by = this.by;
    // The button that is pressed now goes away.
    by?.focus();
    this.#form?.requestSubmit(submitterOf(by, this.#form));
  };

  #begin({ submitter, formElement, formData, controller }: Input): () => void {
    this.by =
      submitter ??
      ([...formElement.elements].find((one) => (one as HTMLButtonElement).type === 'submit') as
        HTMLElement | undefined) ??
      null;
    this.says = pendingWord(this.#i18n().t, wordsOf(this.by));
    this.state = 'sending';
    this.refused = null;
    this.typed = typedIn([formElement], { kept: true }).length > 0;
    // What is on its way is not asked about (typed.ts).
    formElement.dataset.sending = '';
    // Those of `Button` say it themselves.
    const { by } = this;
    by?.setAttribute('aria-busy', 'true');
    by?.setAttribute('aria-disabled', 'true');
    const letGo = holdSize(by);
    this.#notices.hush();
    this.#notices.arrive();
    if (this.#owner) formData.set(OWNER_FIELD, this.#owner);
    const files = [...formData.values()].some((value) => typeof value !== 'string' && value.size > 0);
    const slow = setTimeout(() => {
      this.state = 'slow';
      if (this.#small) this.#notices.say(this.#i18n().t('send.slow'), true);
    }, SLOW);
    const over = setTimeout(
      // By another name than AbortError, which Kit does not report.
      () => controller.abort(new DOMException('No answer', 'TimeoutError')),
      files ? PATIENCE_WITH_FILES : PATIENCE,
    );
    return () => {
      clearTimeout(slow);
      clearTimeout(over);
      delete formElement.dataset.sending;
      by?.removeAttribute('aria-busy');
      by?.removeAttribute('aria-disabled');
      letGo();
      if (this.busy) this.state = 'idle';
    };
  }

  /** The post may have been carried out, and only its answer lost: the retry has the same key. */
  #keep({ action, formData }: Input): string {
    const address = action.pathname + action.search;
    const key = this.#notices.keys.get(address) ?? formData.get('requestKey');
    if (typeof key !== 'string' || !formData.has('requestKey')) return address;
    formData.set('requestKey', key);
    this.#notices.keys.set(address, key);
    return address;
  }

  #fail(result: Result, what: string): void {
    tell(this.#form, 'unsent');
    const status = result.type === 'error' ? result.status : undefined;
    this.why = status !== undefined ? 'broken' : navigator.onLine ? 'silent' : 'offline';
    this.state = 'unsent';
    const why = this.#i18n().t(`send.${this.why}`);
    if (this.#small) this.#notices.leave({ what, why, again: this.again });
  }

  /** What it was about has gone, or is no longer allowed: what was typed stays. */
  async #turnAway(result: Result, form: HTMLFormElement, what: string): Promise<void> {
    const key = result.type === 'error' && result.status === 404 ? 'send.gone' : 'send.forbidden';
    tell(form, 'unsent');
    if (this.#small) return this.#notices.leave({ what, why: this.#i18n().t(key) });
    this.refused = { values: {}, errors: { '': { key } } };
    await tick();
    focusSummary(form, form);
  }

  /** People who have followed a link since stay there. */
  async #settleAfar({ result, formElement }: Answer, { page, href }: { page: string; href: string }) {
    const t = this.#i18n().t;
    if (result.type === 'redirect' || result.type === 'success') {
      tell(formElement, 'accepted');
      await refresh();
      this.#notices.say(t('send.sent-from', { page }), true);
    } else {
      tell(formElement, 'unsent');
      this.#notices.leave({ what: page, href });
    }
  }

  async #settle(
    { result, action, formData, formElement: form }: Answer,
    { reset = true, invalidateAll = true }: Parameters<Answer['update']>[0] = {},
    place: () => void,
    hold: Hold,
  ): Promise<void> {
    if (result.type === 'redirect') {
      tell(form, 'accepted');
      const stays = staysAt(result.location, form);
      if (!stays) hold.release();
      await follow(result.location, stays);
      if (stays) renew(form, formData, this.by);
      if (stays && isLost() && !form.closest('dialog, [role=alertdialog]')) place();
      // A dialog that has closed gives the focus back, which may scroll, before what was done is said in sight.
      if (!form.isConnected) await new Promise((done) => setTimeout(done));
      return this.#announce(action, formData, hold);
    }
    if (result.type === 'success' && invalidateAll) await refresh();
    // A form may post to another page, whose data this is.
    if (action.pathname === location.pathname) await applyAction(result);
    await tick();
    if (result.type === 'failure') {
      hold.release();
      takeNewer(form, formData, result.data as unknown as FormFailure);
      return this.#refuse(form, result.data);
    }
    const done = result.type !== 'success' || !gaveBack(result.data);
    tell(form, done ? 'accepted' : 'unsent');
    if (done && reset) renew(form, formData, this.by);
    if (focusSummary(form)) return;
    if (isLost()) place();
    await this.#announce(action, formData, hold);
  }

  async #refuse(form: HTMLFormElement, data: unknown): Promise<void> {
    tell(form, 'unsent');
    if (focusSummary(form)) return;
    this.refused = data as FormFailure;
    await tick();
    focusSummary(form);
  }

  /** The page's own notice, or what was done. On a page that stays, the pressed button does too. */
  async #announce(action: URL, sent: FormData, hold: Hold): Promise<void> {
    hold.keep();
    const notice = [...document.querySelectorAll<HTMLElement>('[data-notice]')].find(
      (one) => !one.closest('[inert]'),
    );
    const words = doneWords(this.#i18n().t, action, sent);
    if (notice && !(await this.#notices.show(notice))) return;
    if (!notice && words) this.#notices.say(words);
    hold.keep();
  }
}

const KEY = Symbol('sending');

/** For the component that has the form. */
export const startSending = (small = false): Sending =>
  setContext(KEY, new Sending(useNotices(), useI18n(), small));

/** For the buttons in it. */
export const useSending = (): Sending | undefined => getContext<Sending | undefined>(KEY);
