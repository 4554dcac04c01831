import * as guests from '../src/lib/server/guests';

/** The filter of "Guest Management", as its address would have it. */
export const filter = (values: Record<string, string> = {}) => guests.filterOf(new URLSearchParams(values));
