/** In the browser: what becomes of a form once its post was answered, or was not. */

/** The button that sent it, if it still can. */
export const submitterOf = (by: HTMLElement | null, form?: HTMLFormElement) =>
  by instanceof HTMLButtonElement && by.isConnected && by.form === form ? by : null;

/** New each time that a form is shown. */
const KEYS = ['requestKey', 'formKey'];

const sameWords = (one: FormData, other: FormData): boolean => {
  const words = (data: FormData) =>
    JSON.stringify([...data].filter(([name, value]) => typeof value === 'string' && !KEYS.includes(name)));
  return words(one) === words(other);
};

/** The form shows what the server has now. What was typed meanwhile stays. */
export function renew(form: HTMLFormElement, sent: FormData, by: HTMLElement | null): void {
  if (!form.isConnected) return;
  if (sameWords(sent, new FormData(form, submitterOf(by, form)))) {
    // Svelte sets which option is chosen, but not which one a reset chooses.
    const chosen = [...form.querySelectorAll('select')].map((select) => [select, select.value] as const);
    HTMLFormElement.prototype.reset.call(form);
    for (const [select, value] of chosen) select.value = value;
  }
  tell(form, 'settled');
}

/** `accepted`, `unsent`, and `settled` (accepted, and the page stays): drafts listen, even of pages that have been left. */
export function tell(form: HTMLFormElement | undefined, what: 'accepted' | 'unsent' | 'settled'): void {
  if (!form) return;
  form.toggleAttribute('data-unsent', what === 'unsent');
  form.dispatchEvent(new Event(what));
}

/** Not reactive: nothing shows them. */
export const noKeys = () => new Map<string, string>();
