/** What a new space starts with. Templates hold the company's texts, never people, comments, files or texts of guests. */
export { change, manage, remove, setHidden } from './manage';
export { beginAgain, beginSpace, find, list, preview } from './choose';
export { draft, fromSpace } from './from-space';
export { judgeName } from './write';
export { exportFile, importFile } from './transfer';
