/** Full-text search. entries.ts: rows of the index; tokens.ts: splitting text; terms.ts: the query; find.ts: the hits. */
export { drop, put, rebuild } from './entries';
export { everywhere, inSpace, type Found } from './find';
export type { Piece } from '../../search';
