import { sameWords } from '../../../fold';
import { isMarked } from '../../markdown/reading';

/** Invisible to readers: `@**Ann**`, `@[Ann](/x)`. */
export const MARKS = /^[*_~`\\[<!]{1,8}/;

/** Names may contain these signs themselves, so try the unchanged name first. */
export const unmarked = (typed: string): string => typed.replace(MARKS, '').replace(/[*_~]{1,8}$/, '');

/** In code or a link, or a name only when rendered: `@`Ann``, `@[Ann](/x)`, `@Ann&nbsp;Lee`. */
export const isLaidAside = (typed: string, name: string): boolean =>
  (/^[*_~]*[`\\[<!]/.test(typed) && !sameWords(typed, name)) ||
  (isMarked(unmarked(typed)) && ![typed, unmarked(typed)].some((words) => sameWords(words, name)));
