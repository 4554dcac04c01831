/**
 * What a new space starts with: shipped templates, and others made from spaces or files. A template holds the company's settings
 * and texts, never people, comments, files or texts of guests.
 */
export { change, manage, remove, setHidden } from './manage';
export { beginSpace, find, list, preview } from './choose';
export { draft, fromSpace } from './from-space';
export { exportFile, importFile } from './transfer';
