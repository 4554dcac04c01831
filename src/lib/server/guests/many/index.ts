/** Acting on many guests and invitations at once. */
export { beforehand } from './choose';
export { begin, look, purgeRuns, step } from './run';
export { selected } from './selected';
