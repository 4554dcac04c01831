/** Threads of a space and their comments, from the first word to the last. Reached only through the space. */
export * from './read';
export * from './write';
export * from './manage';
