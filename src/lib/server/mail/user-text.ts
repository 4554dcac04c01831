import { manyLines as storedLines } from '../../text';

export const manyLines = (text: string): string => storedLines(text.replace(/\u2028|\u2029/g, '\n'));
