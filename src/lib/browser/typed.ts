/** In the browser: which forms hold text that was typed and not sent. */

const TEXT = new Set(['text', 'email', 'url', 'tel', 'number', 'textarea']);

type Control = HTMLInputElement | HTMLTextAreaElement;

/** @param kept also forms whose text is kept as a draft */
export const typedIn = (forms: Iterable<HTMLFormElement>, { kept }: { kept: boolean }): HTMLFormElement[] =>
  [...forms].filter(
    (form) =>
      form.getAttribute('method') === 'post' &&
      !form.closest('[role=alertdialog]') &&
      form.dataset.sending === undefined &&
      (kept || form.dataset.draft === undefined) &&
      ([...form.elements] as Control[]).some((control) =>
        isTyped(control, form.dataset.unsent !== undefined),
      ),
  );

/** @param unsent a refused form has what was typed as its defaults */
const isTyped = (control: Control, unsent: boolean): boolean =>
  TEXT.has(control.type) &&
  !control.readOnly &&
  control.value.trim() !== (unsent ? '' : control.defaultValue.trim());

/** The forms that a link to this address closes, alone or with their dialog. */
export function closedBy(url: URL): Iterable<HTMLFormElement> | undefined {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('a[data-closes]')];
  const link = links.find(({ href }) => href === url.href);
  const form = link?.closest('form');
  return form ? [form] : link?.closest('dialog')?.querySelectorAll('form');
}
