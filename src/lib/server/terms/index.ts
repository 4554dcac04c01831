/** The site's terms: guests accept them when they sign up, and again at their next login once an administrator asks. */
export * from './rule';
export * from './accept';
export * from './list';
