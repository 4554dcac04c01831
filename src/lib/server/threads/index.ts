/** Threads of a space and their comments, from the first word to the last. Reached only through the space. */
export * from './edit';
export * from './manage';
export * from './read';
export * from './remove';
export * from './write';
