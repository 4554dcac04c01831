/** In the browser: how a form is sent. */
import { enhance } from '$app/forms';
import { navigating } from '$app/state';
import type { SubmitFunction } from '@sveltejs/kit';
import { refresh } from './refresh';

/** By a script, in Kit's way or in one's own; without it the browser sends the form. */
export type Enhance = true | SubmitFunction;

/** After so long a form that the browser sent can be sent again: its page may have been stopped. */
const STALLED = 8_000;

type Answer = Parameters<Exclude<Awaited<ReturnType<SubmitFunction>>, void>>[0];

/** Kit's `update`, but whoever has followed a link since they sent the form stays where they went. */
const updateOf =
  ({ result, update }: Answer, from: string): Answer['update'] =>
  async (options) => {
    const left = navigating.to !== null || location.pathname !== from;
    if (left && result.type === 'redirect') return refresh();
    if (result.type === 'success' && options?.invalidateAll !== false) await refresh();
    await update({ ...options, invalidateAll: false });
  };

/** For `use:`. Lets a form be sent once at a time, so that a double click does nothing twice. */
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
  // Back from the page that came next: the form is as it was.
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
