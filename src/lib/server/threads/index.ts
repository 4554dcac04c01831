/** Threads of a space and their comments. They are found only through the space. */
export * from './edit';
export * from './history';
export * from './manage';
export * from './reactions';
export * from './read';
export * from './remove';
export * from './write';
