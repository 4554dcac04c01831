/** The page "Audit Log": who did what, when, where, and how it ended. */
export { seal, verify } from './chain';
export { empty, type Place } from './empty';
export { removeOld } from './retention';
export { exported } from './export';
export { filterOf } from './filter';
export { GROUPS } from './kinds';
export { list, type Entry } from './list';
