/** Everybody from outside, over all spaces: for administrators of the site. */
export { exported } from './export';
export { filterOf } from './filter';
export { list } from './list';
export { one } from './one';
export { ORDERS } from './page';
