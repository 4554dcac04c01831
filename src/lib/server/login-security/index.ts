/** The page "Login Security": its form, and what is locked right now. */
export { change, judge } from './change';
export { locked, unlock } from './locked';
