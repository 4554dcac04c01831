/**
 * Full-text search. entries: the rows of the index. tokens: how text is split. terms, expression: the query. hits: what it
 * finds. matches: where a text contains the terms. excerpt: what a hit shows. find: pages of hits.
 */
export { drop, put, rebuild } from './entries';
export { everywhere, inSpace, type Found } from './find';
export type { Piece } from '../../search';
