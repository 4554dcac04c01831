/** What "Guest Management" does to many at once. A new action is a line here, a row in server/guests/many/actions.ts, and its words. */
export const MANY = ['resend', 'cancel', 'deactivate', 'reactivate', 'remove'] as const;
export type Many = (typeof MANY)[number];

/** Of a row, once it has been worked on. */
export const OUTCOMES = ['refused', 'changed', 'already', 'done'] as const;
export type ManyOutcome = (typeof OUTCOMES)[number];
