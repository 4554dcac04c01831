/** In the browser: how forms are sent. */
import { enhance } from '$app/forms';
import { navigating } from '$app/state';
import type { SubmitFunction } from '@sveltejs/kit';
import { refresh } from './refresh';

export type Enhance = true | SubmitFunction;

/** After this a form can be sent again: loading the next page may have been stopped. */
const STALLED = 8_000;

type Answer = Parameters<Exclude<Awaited<ReturnType<SubmitFunction>>, void>>[0];

/** Kit's `update`, except that people who have followed a link since stay there. */
const updateOf =
  ({ result, update, formElement }: Answer, from: string): Answer['update'] =>
  async (options) => {
    const left = navigating.to !== null || location.pathname !== from;
    if (left && result.type === 'redirect') {
      // Its draft learns by this that the form was accepted (form-draft.svelte.ts).
      HTMLFormElement.prototype.reset.call(formElement);
      return refresh();
    }
    if (result.type === 'success' && options?.invalidateAll !== false) await refresh();
    await update({ ...options, invalidateAll: false });
  };

/** An action for `use:`: a double click submits once. */
export function submitOnce(form: HTMLFormElement, how?: Enhance) {
  let sending = false;
  if (how)
    return enhance(form, async (input) => {
      const free = () => void (sending = false);
      if (sending) return input.cancel();
      sending = true;
      const cancel = () => {
        free();
        input.cancel();
      };
      const from = location.pathname;
      const answered = how === true ? undefined : await how({ ...input, cancel });
      return async (kits) => {
        const answer = { ...kits, update: updateOf(kits, from) };
        try {
          await (answered ? answered(answer) : answer.update());
        } finally {
          free();
        }
      };
    });

  const onSubmit = (event: SubmitEvent) => {
    if (sending) return event.preventDefault();
    sending = true;
    setTimeout(() => (sending = false), STALLED);
  };
  // Restored from the back/forward cache.
  const onShow = () => (sending = false);
  form.addEventListener('submit', onSubmit);
  addEventListener('pageshow', onShow);
  return {
    destroy() {
      form.removeEventListener('submit', onSubmit);
      removeEventListener('pageshow', onShow);
    },
  };
}
