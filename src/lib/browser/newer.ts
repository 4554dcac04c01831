/** In the browser: the fields of a refused form that were left as they were shown take what is saved now. */
import type { FormFailure } from '../forms';

export function takeNewer(form: HTMLFormElement, sent: FormData, { newer, values }: FormFailure): void {
  for (const [name, value] of newer ? Object.entries(values) : []) {
    const field = form.elements.namedItem(name);
    if (typeof value !== 'string' || value === (sent.get(name) ?? '')) continue;
    if (field instanceof HTMLInputElement && field.type === 'checkbox') {
      if (field.checked === sent.has(name)) field.checked = value !== '';
    } else if (field instanceof RadioNodeList) {
      if (field.value === sent.get(name)) field.value = value;
    } else if (isText(field) && field.value === sent.get(name)) {
      field.value = value;
      if (field.type !== 'hidden') field.dispatchEvent(new Event('input', { bubbles: true }));
    }
  }
}

const isText = (field: unknown): field is HTMLInputElement | HTMLTextAreaElement =>
  field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement;
