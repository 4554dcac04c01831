/** Settings of the site. What stands below events (mailing) reads them through settings/read. */
export * from './change';
export * from './read';
