/**
 * everything: all kinds; named: spaces, people and files by name. entries: rows of the index. tokens: splitting text. terms,
 * expression: the query. matches: places in a text.
 */
export { drop, put, rebuild } from './entries';
export { everything, suggest } from './everything';
export { everywhere, inSpace, type Found } from './find';
export type { Piece } from '../../search';
