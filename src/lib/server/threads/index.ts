/** Threads and their comments are found only through their space. */
export * from './edit';
export * from './history';
export * from './manage';
export * from './open';
export { only, onlyPage, page } from './page';
export * from './prepare';
export * from './reactions';
export { read, type Window } from './read';
export * from './remove';
export * from './replace-file';
export { seenBy } from './seen';
export { tick } from './tasks';
export * from './write';
