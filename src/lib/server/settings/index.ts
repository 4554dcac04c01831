export * from './read';
export * from './write';
export * from './fields';
export * from './domains';
