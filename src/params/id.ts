import type { ParamMatcher } from '@sveltejs/kit';

/** Ids of spaces and threads: positive integers, with one spelling each. */
export const match: ParamMatcher = (param) => /^[1-9]\d{0,14}$/.test(param);
