/** The lists of a space's threads, as in `?show=`. */
export const THREAD_FILTERS = ['all', 'unread', 'mine', 'open', 'closed'] as const;

export type ThreadFilter = (typeof THREAD_FILTERS)[number];

/** What is unknown filters nothing. */
export const threadFilter = (given: string | null): ThreadFilter =>
  THREAD_FILTERS.find((one) => one === given) ?? 'all';

/** The query of a page that shows these, or leads back to them. */
export const shownIn = (show: ThreadFilter): Record<string, string> => (show === 'all' ? {} : { show });
