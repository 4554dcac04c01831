/** Settings of the site. Modules below events/ import settings/read, so that no imports form a circle. */
export * from './change';
export * from './read';
