/**
 * Templates of spaces: what a new space starts with. Some ship with Foyer; others are made from existing spaces or imported
 * from files. A template contains settings and texts of the company, never people, comments, files or texts of guests.
 */
export { change, manage, remove, setHidden } from './manage';
export { beginSpace, find, list, preview } from './choose';
export { draft, fromSpace } from './from-space';
export { exportFile, importFile } from './transfer';
