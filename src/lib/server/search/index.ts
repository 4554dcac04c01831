/** Full-text search. What stands in the index: entries; how text is read: tokens; what was typed: terms; what is found: find. */
export { drop, put, rebuild } from './entries';
export { everywhere, inSpace, type Found } from './find';
export type { Piece } from '../../search';
