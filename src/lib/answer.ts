/**
 * What the last form of this page got as its answer, for components that are no page.
 * Kit empties `page.form` whenever an open page loads its data anew; the pages' `form` stays, and so does this.
 */
import { createContext } from 'svelte';
import type { FormFailure } from './forms';

/** Of any form, so a reader looks for its own fields. */
export type Answer = Partial<FormFailure> | null;

const [getAnswer, setAnswer] = createContext<() => Answer>();

/** Root layout only, which gets it as the property `form`. */
export const provideAnswer = setAnswer;

/** `const answer = useAnswer(); … refusalOf(answer(), t)` */
export const useAnswer = (): (() => Answer) => getAnswer();
