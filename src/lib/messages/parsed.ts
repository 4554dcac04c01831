import type { IntlMessageFormat } from 'intl-messageformat';

/** What the build makes of a text with parameters, for browsers (vite/words.ts). */
export type Parsed = ReturnType<IntlMessageFormat['getAst']>;
