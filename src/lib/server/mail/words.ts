/** Other people's words on their way into a mail: names, subjects, messages. */
import { manyLines as typed } from '../../text';

/** One line: nothing in it can begin a new header (RFC 5322 §2.2), hide what follows, or turn it around. */
export { oneLine } from '../../text';

/** Several lines, as they are kept, and with no other line breaks in them. */
export const manyLines = (text: string): string => typed(text.replace(/\u2028|\u2029/g, '\n'));
