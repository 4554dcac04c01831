/** "Overview" of the administration: numbers that cron counts in pieces, and what needs attention now. */
export { countMore } from './count';
export { MOST, read } from './read';
