import type { Fields } from '../stale';

export const fields: Fields<{ title: string; body: string }> = {
  title: { label: 'thread.title' },
  body: { label: 'text.edit-label' },
};
