/** Everybody from outside, over all spaces: for administrators of the site. */
export { exported } from './export';
export { filterOf } from './filter';
export { list, type GuestList } from './list';
export * as many from './many';
export * as lists from './import';
export { one } from './one';
export { ORDERS } from './page';
