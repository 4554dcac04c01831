/** Markup around a name. */
import { sameWords } from '../../../fold';
import { isMarked } from '../../markdown/reading';

/** Markup that a reader does not see: `@**Ann**`, `@[Ann](/x)`. */
export const MARKS = /^[*_~`\\[<!]{1,8}/;

/** A name without markup. Names may contain these signs themselves, so try the unchanged name first. */
export const unmarked = (typed: string): string => typed.replace(MARKS, '').replace(/[*_~]{1,8}$/, '');

/** Whether a name is in code or in a link, or becomes a name only when rendered: `@`Ann``, `@[Ann](/x)`, `@Ann&nbsp;Lee`. */
export const isLaidAside = (typed: string, name: string): boolean =>
  (/^[*_~]*[`\\[<!]/.test(typed) && !sameWords(typed, name)) ||
  (isMarked(unmarked(typed)) && ![typed, unmarked(typed)].some((words) => sameWords(words, name)));
