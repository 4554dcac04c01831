/**
 * Full-text search. entries: rows of the index. tokens: splitting text. terms, expression: the query. hits: its results. matches:
 * places in a text. excerpt: what a hit shows. find: pages.
 */
export { drop, put, rebuild } from './entries';
export { everywhere, inSpace, type Found } from './find';
export type { Piece } from '../../search';
